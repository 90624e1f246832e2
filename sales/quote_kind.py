"""Quotes and their lines as kinds of record, and what deals and customers know of them."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.company.selectors import company_day
from crm.fields.declaration import Extension, Field, Related
from crm.fields.types import FieldType
from crm.records.kinds import Kind
from crm.staff.selectors import person_options, team_options
from sales.choices import QuoteStatus, quote_tone
from sales.models import Quote, QuoteLine
from sales.quote_filters import QuoteFilter

CUSTOMER, DEAL = "contacts.customer", "sales.deal"
Row = Mapping[str, Any]


def number_cell(row: Row) -> str:
    address = reverse("sales:quote-record", args=[row["id"]])
    edition = row["edition"]
    beside = f' <span class="faint">{escape(_("version %d") % edition)}</span>' if edition > 1 else ""
    return f'<a href="{address}">{escape(row["number"])}</a>{beside}'


def status_cell(row: Row) -> str:
    """One that is past its day has expired, whatever the row says until the clock's next visit."""
    status = QuoteStatus(row["status"])
    if status is QuoteStatus.SENT and row["valid_until"] < company_day():
        status = QuoteStatus.EXPIRED
    seen = f" · {escape(_('opened'))}" if status is QuoteStatus.SENT and row["opened_at"] else ""
    return f'<span class="chip {quote_tone(status)}">{escape(status.label)}{seen}</span>'


QUOTES = Kind(
    key="sales.quote",
    access=DEAL,
    model=Quote,
    label=gettext_lazy("Quote"),
    plural=gettext_lazy("Quotes"),
    icon="file-text",
    fields=(
        Field(
            "number", gettext_lazy("Quote"), FieldType.TEXT, sortable=True, nullable=False, cell=number_cell,
            beside={"edition": "edition"}, width=144,
        ),
        Field("edition", gettext_lazy("Version"), FieldType.NUMBER, nullable=False),
        Field("title", gettext_lazy("Title"), FieldType.TEXT, nullable=False, width=240),
        Field(
            "customer", gettext_lazy("Customer"), FieldType.RECORD, path="deal__customer_id",
            name_path="deal__customer__name", nullable=False, through="deal__customer_id", through_kind=CUSTOMER,
            width=200,
        ),
        Field(
            "deal", gettext_lazy("Deal"), FieldType.RECORD, path="deal_id", name_path="deal__name", nullable=False,
            through="deal_id", through_kind=DEAL, width=200,
        ),
        Field(
            "status", gettext_lazy("Status"), FieldType.CHOICE, choices=QuoteStatus.choices, nullable=False,
            tones=quote_tone, cell=status_cell, beside={"valid_until": "valid_until", "opened_at": "opened_at"},
            width=128,
        ),
        Field(
            "total", gettext_lazy("Total"), FieldType.MONEY, path="total_amount", nullable=False, sorts="base_amount",
            sortable=True, currency_path="currency", is_rule=False, width=128,
        ),
        Field(
            "net", gettext_lazy("Net amount"), FieldType.MONEY, path="net_amount", nullable=False,
            currency_path="currency", is_rule=False,
        ),
        Field(
            "base_amount", gettext_lazy("Net in company currency"), FieldType.MONEY, nullable=False, totals=True,
            sortable=True,
        ),
        Field("currency", gettext_lazy("Currency"), FieldType.TEXT, nullable=False),
        Field("tax_rate", gettext_lazy("Tax %"), FieldType.NUMBER, nullable=False),
        Field("valid_until", gettext_lazy("Valid until"), FieldType.DATE, sortable=True, nullable=False, width=112),
        Field("sent_at", gettext_lazy("Sent"), FieldType.MOMENT, sortable=True, width=112),
        Field("opened_at", gettext_lazy("First opened"), FieldType.MOMENT, width=112),
        Field("answered_at", gettext_lazy("Answered"), FieldType.MOMENT, width=112),
        Field("answered_by", gettext_lazy("Answered by"), FieldType.TEXT, nullable=False),
        Field("answer_note", gettext_lazy("What they said"), FieldType.TEXT, nullable=False),
        Field("order_reference", gettext_lazy("Their order number"), FieldType.TEXT, nullable=False),
        Field(
            "owner", gettext_lazy("Owner"), FieldType.PERSON, path="deal__owner_id", name_path="deal__owner__name",
            choices=person_options, width=144,
        ),
        Field(
            "team", gettext_lazy("Team"), FieldType.TEAM, path="deal__team_id", name_path="deal__team__name",
            choices=team_options, nullable=False,
        ),
        Field("created_at", gettext_lazy("Created"), FieldType.MOMENT, nullable=False),
        Field("updated_at", gettext_lazy("Updated"), FieldType.MOMENT, nullable=False, sortable=True),
    ),
    title="number",
    columns=("number", "customer", "title", "status", "total", "valid_until", "sent_at", "owner"),
    default_sort="-updated_at",
    filter_class=QuoteFilter,
    list_url="sales:quote-list",
    record_url="sales:quote-record",
    related=(Related("lines", gettext_lazy("Lines"), "sales.quoteline", "quote"),),
    alive={"deal__deleted_at": None},
    boards=("status",),
    board_sums=("base_amount",),
    page=None,
)  # fmt: skip

LINES = Kind(
    key="sales.quoteline",
    access=DEAL,
    model=QuoteLine,
    label=gettext_lazy("Line"),
    plural=gettext_lazy("Lines"),
    icon="list",
    fields=(
        Field(
            "product", gettext_lazy("Product"), FieldType.RECORD, path="product_id", name_path="product__name",
            through="product_id", through_kind="sales.product",
        ),
        Field("text", gettext_lazy("Text"), FieldType.TEXT, nullable=False),
        Field("quantity", gettext_lazy("Quantity"), FieldType.NUMBER, nullable=False, totals=True),
        Field("discount", gettext_lazy("Discount %"), FieldType.NUMBER, path="discount_rate", nullable=False),
        Field("amount", gettext_lazy("Amount"), FieldType.MONEY, path="line_amount", nullable=False, totals=True),
    ),
    title="text",
)  # fmt: skip

DEAL_QUOTES = Extension(DEAL, related=(Related("quotes", gettext_lazy("Quotes"), "sales.quote", "deal"),))
CUSTOMER_QUOTES = Extension(
    CUSTOMER, related=(Related("quotes", gettext_lazy("Quotes"), "sales.quote", "deal__customer"),)
)
