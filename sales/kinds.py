"""Orders, their lines and products as kinds of record; what a customer bought as fields to ask for."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.choices import CustomerKind, RfmGroup
from contacts.permissions import VIEW_VALUE
from crm.fields.declaration import Extension, Field, Related
from crm.fields.types import FieldType
from crm.records.kinds import Kind
from crm.records.tones import group_tone
from crm.staff.selectors import person_options, team_options
from sales.choices import OrderStatus, status_tone
from sales.filters import OrderFilter, RuleFilter
from sales.models import Order, OrderLine, ProductRule

CUSTOMER = "contacts.customer"

ORDERS = Kind(
    key="sales.order",
    model=Order,
    label=_("Order"),
    plural=_("Orders"),
    icon="shopping-bag",
    fields=(
        Field("number", _("Order"), FieldType.TEXT, path="external_id", sortable=True, nullable=False, width=160),
        Field(
            "customer", _("Customer"), FieldType.RECORD, path="customer_id", name_path="customer__name",
            nullable=False,
            through="customer_id", through_kind=CUSTOMER, width=240,
        ),
        Field(
            "payer", _("Payer"), FieldType.RECORD, path="payer_id", name_path="payer__name", nullable=False,
            through="payer_id", through_kind=CUSTOMER, width=200,
        ),
        Field(
            "rfm_group", _("RFM group"), FieldType.CHOICE, path="payer__value__rfm_group", choices=RfmGroup.choices,
            permission=VIEW_VALUE, through="payer_id", through_kind=CUSTOMER, tones=group_tone, width=152,
        ),
        Field(
            "churn_risk", _("Churn risk"), FieldType.SHARE, path="payer__value__churn_risk", permission=VIEW_VALUE,
            through="payer_id", through_kind=CUSTOMER,
        ),
        Field(
            "status", _("Status"), FieldType.CHOICE, choices=OrderStatus.choices, nullable=False,
            tones=status_tone, width=112,
        ),
        Field("placed_on", _("Placed"), FieldType.DATE, sortable=True, sorts="placed_at", nullable=False, width=112),
        Field(
            "amount", _("Amount"), FieldType.MONEY, sortable=True, sorts="base_amount", nullable=False,
            currency_path="currency", is_rule=False, width=128,
        ),
        Field(
            "base_amount", _("Amount in company currency"), FieldType.MONEY, nullable=False, totals=True,
            sortable=True,
        ),
        Field("margin", _("Margin"), FieldType.MONEY, path="margin_amount", group="finance", totals=True),
        Field("currency", _("Currency"), FieldType.TEXT, nullable=False),
        Field("source", _("Source"), FieldType.TEXT, nullable=False, width=112),
        Field(
            "owner", _("Owner"), FieldType.PERSON, path="owner_id", name_path="owner__name",
            choices=person_options, width=144,
        ),
        Field(
            "team", _("Team"), FieldType.TEAM, path="team_id", name_path="team__name", choices=team_options,
            nullable=False,
        ),
        Field("created_at", _("Created"), FieldType.MOMENT, nullable=False),
    ),
    title="number",
    columns=("number", "customer", "rfm_group", "status", "placed_on", "amount", "source", "owner"),
    default_sort="-placed_on",
    filter_class=OrderFilter,
    list_url="sales:order-list",
    record_url="sales:order-record",
    related=(Related("lines", _("Lines"), "sales.orderline", "order"),),
    boards=("status",),
    board_sums=("base_amount",),
    page=None,
)  # fmt: skip

LINES = Kind(
    key="sales.orderline",
    access="sales.order",
    model=OrderLine,
    label=_("Line"),
    plural=_("Lines"),
    icon="list",
    fields=(
        Field(
            "product", _("Product"), FieldType.RECORD, path="product_id", name_path="product__name",
            through="product_id", through_kind="sales.product",
        ),
        Field("text", _("Text"), FieldType.TEXT, nullable=False),
        Field("quantity", _("Quantity"), FieldType.NUMBER, nullable=False, totals=True),
        Field("discount", _("Discount %"), FieldType.NUMBER, path="discount_rate", nullable=False),
        Field("amount", _("Amount"), FieldType.MONEY, path="line_amount", nullable=False, totals=True),
    ),
    title="text",
)  # fmt: skip

PRODUCT_RULES = Kind(
    key="sales.productrule",
    access="sales.recommendation",
    model=ProductRule,
    label=_("Rule"),
    plural=_("What is bought together"),
    icon="git-merge",
    fields=(
        Field(
            "bought", _("Who bought"), FieldType.RECORD, path="bought_id", name_path="bought__name",
            nullable=False, through="bought_id", through_kind="sales.product", width=256,
        ),
        Field(
            "other", _("Also bought"), FieldType.RECORD, path="other_id", name_path="other__name", nullable=False,
            through="other_id", through_kind="sales.product", width=256,
        ),
        Field(
            "kind", _("Among"), FieldType.CHOICE, choices=CustomerKind.choices, nullable=False, width=128,
            empty=lambda row: gettext("All customers"),
        ),
        Field("share", _("Share"), FieldType.SHARE, nullable=False, sortable=True, width=96),
        Field(
            "lift", _("Lift"), FieldType.NUMBER, nullable=False, sortable=True, width=88,
            hint=_("How many times as often as among all customers"),
        ),
        Field(
            "support", _("Bought both"), FieldType.NUMBER, nullable=False, sortable=True, whole=True, width=112,
            hint=_("Customers who bought both"),
        ),
        Field(
            "base", _("Bought the first"), FieldType.NUMBER, nullable=False, sortable=True, whole=True, width=128,
            hint=_("Customers who bought the first"),
        ),
    ),
    title="bought",
    columns=("bought", "other", "kind", "share", "lift", "support", "base"),
    default_sort="-lift",
    filter_class=RuleFilter,
    list_url="sales:rule-list",
    record_url="sales:rule-record",
    page=None,
)  # fmt: skip

CUSTOMER_ORDERS = Extension(
    CUSTOMER,
    related=(
        Related("orders", _("Orders"), "sales.order", "customer"),
        Related("paid_orders", _("Orders they paid for"), "sales.order", "payer"),
    ),
)
