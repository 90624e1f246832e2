"""Products as a kind of record."""

from django.utils.translation import gettext_lazy as _

from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.records.kinds import Beside, Kind
from crm.records.pages import HISTORY, RecordPage, Section
from sales.models import Product
from sales.product_filters import ProductListFilter
from sales.services.product import product_create, product_edit

PAGE = RecordPage(
    sections=(
        Section("", ("code", "category", "line", "tier", "unit", "is_active")),
        Section(_("Money"), ("price", "cost")),
        Section(_("More"), ("description", "created_at")),
    ),
    apart=("name",),
    tabs=(HISTORY,),
    panels="PRODUCT_PANELS",
)

PRODUCTS = Kind(
    key="sales.product",
    model=Product,
    label=_("Product"),
    plural=_("Products"),
    icon="package",
    fields=(
        Field("name", _("Name"), FieldType.TEXT, edit="name", sortable=True, nullable=False, bulk=False, width=280),
        Field("code", _("Code"), FieldType.TEXT, edit="code", sortable=True, nullable=False, bulk=False, width=160),
        Field("category", _("Category"), FieldType.TEXT, edit="category", sortable=True, nullable=False, width=144),
        Field(
            "line", _("Product line"), FieldType.TEXT, edit="line", nullable=False, width=144,
            hint=_("Products of one line are the same thing in several tiers."),
        ),
        Field(
            "tier", _("Tier"), FieldType.NUMBER, edit="tier", whole=True, width=72,
            hint=_("1 is the simplest of the line, 2 the next better."),
        ),
        Field(
            "unit", _("Unit"), FieldType.TEXT, edit="unit", nullable=False, width=96,
            hint=_("What the price is for, such as piece, kg or hour."),
        ),
        Field("price", _("Price"), FieldType.MONEY, path="price_amount", edit="price_amount", sortable=True, width=112),
        Field("cost", _("Cost"), FieldType.MONEY, path="cost_amount", edit="cost_amount", group="finance", width=112),
        Field(
            "is_active", _("Sold"), FieldType.YES_NO, edit="is_active", nullable=False, width=80,
            hint=_("What is no longer sold cannot be chosen any more; orders and deals keep it."),
        ),
        Field("description", _("Description"), FieldType.LONG_TEXT, edit="description", nullable=False),
        Field("created_at", _("Created"), FieldType.MOMENT, nullable=False),
    ),
    title="name",
    columns=("name", "code", "category", "line", "tier", "unit", "price", "cost"),
    default_sort="name",
    filter_class=ProductListFilter,
    list_url="sales:product-list",
    record_url="sales:product-record",
    peek_url="sales:product-peek",
    create=product_create,
    edit=product_edit,
    page=PAGE,
    beside=(
        Beside(_("Price books"), "sales:pricebook-list", "sales.view_pricebook"),
        Beside(_("Discount limits"), "sales:discountlimit-list", "sales.view_discountlimit"),
        Beside(_("Recommendations"), "sales:recommendations", "sales.view_recommendation"),
    ),
)  # fmt: skip
