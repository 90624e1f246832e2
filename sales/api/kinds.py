from django.utils.translation import gettext_lazy as _

from crm.fields.declaration import Extension, Field
from crm.fields.types import FieldType

LINE_FIELDS = Extension(
    "sales.orderline",
    fields=(Field("unit_amount", _("Unit price"), FieldType.MONEY, nullable=False),),
)
