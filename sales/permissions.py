from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject("sales.order", _("Orders"), verbs={"cancel": "edit", "return": "edit", "reinstate": "edit"}),
    AccessObject("sales.product", _("Products"), owned=False),
)
