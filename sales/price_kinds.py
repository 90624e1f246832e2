"""Price books, their prices, and discount limits as kinds of record."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.access.models import Role
from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.lists.filters import IdFilter, ListFilter
from crm.records.generic import record_delete, record_edit, record_restore
from crm.records.kinds import Kind
from crm.records.pages import HISTORY, RecordPage, Section
from sales.book_rules import book_cell
from sales.models import BundlePart, DiscountLimit, PriceBook, PriceBookEntry, Product


class PriceBookFilter(ListFilter):
    q = django_filters.CharFilter("name", lookup_expr="icontains")

    class Meta:
        model = PriceBook
        fields: tuple[str, ...] = ()


PRICE_BOOKS = Kind(
    key="sales.pricebook",
    model=PriceBook,
    label=_("Price book"),
    plural=_("Price books"),
    icon="tag",
    fields=(
        Field(
            "name", _("Name"), FieldType.TEXT, edit="name", sortable=True, nullable=False, bulk=False, width=400,
            cell=book_cell, beside={"rule": "rule"},
        ),
        Field(
            "currency", _("Currency"), FieldType.TEXT, edit="currency", nullable=False, required=True, width=96,
            hint=_("Three letters, such as EUR: the book holds for orders and deals in this currency."),
        ),
        Field("is_active", _("In use"), FieldType.YES_NO, edit="is_active", nullable=False, width=80),
        Field(
            "priority", _("Priority"), FieldType.NUMBER, edit="priority", nullable=False, sortable=True, width=88,
            hint=_("Of several books that fit a customer, the one of the smallest number counts."),
        ),
        Field("valid_from", _("Valid from"), FieldType.DATE, edit="valid_from", width=112),
        Field("valid_to", _("Valid to"), FieldType.DATE, edit="valid_to", width=112),
        Field("created_at", _("Created"), FieldType.MOMENT, nullable=False),
    ),
    title="name",
    columns=("name", "priority", "currency", "is_active", "valid_from", "valid_to"),
    default_sort="priority",
    filter_class=PriceBookFilter,
    list_url="sales:pricebook-list",
    record_url="sales:pricebook-record",
    peek_url="sales:pricebook-peek",
    alive={"deleted_at": None},
    edit=record_edit,
    delete=record_delete,
    restore=record_restore,
    page=RecordPage(
        sections=(
            Section("", ("priority", "currency", "is_active", "valid_from", "valid_to")),
        ),
        apart=("name",),
        tabs=(HISTORY,),
        panels="PRICE_BOOK_PANELS",
    ),
)  # fmt: skip


def books(user: Any) -> QuerySet[PriceBook]:
    return PriceBook.objects.filter(deleted_at=None).visible_to(user)


class PriceFilter(ListFilter):
    q = django_filters.CharFilter(method="by_text")
    book = IdFilter("book_id", visible=books)
    product = IdFilter("product_id", visible=Product.objects.visible_to)

    class Meta:
        model = PriceBookEntry
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[PriceBookEntry], _name: str, value: str) -> QuerySet[PriceBookEntry]:
        return rows.filter(Q(product__name__icontains=value) | Q(product__code__icontains=value))


PRICES = Kind(
    key="sales.pricebookentry",
    access="sales.pricebook",
    model=PriceBookEntry,
    label=_("Price"),
    plural=_("Prices"),
    icon="tag",
    fields=(
        Field(
            "product", _("Product"), FieldType.RECORD, path="product_id", name_path="product__name", edit="product",
            nullable=False, required=True, through="product_id", through_kind="sales.product", bulk=False, width=256,
        ),
        Field(
            "book", _("Price book"), FieldType.RECORD, path="book_id", name_path="book__name", edit="book",
            nullable=False, required=True, through="book_id", through_kind="sales.pricebook", bulk=False, width=192,
        ),
        Field(
            "from_quantity", _("From quantity"), FieldType.NUMBER, edit="from_quantity", nullable=False, width=120,
        ),
        Field(
            "unit_amount", _("Unit price"), FieldType.MONEY, edit="unit_amount", nullable=False, sortable=True,
            currency_path="book__currency", is_rule=False, width=128,
        ),
    ),
    title="product",
    columns=("product", "book", "from_quantity", "unit_amount"),
    default_sort="unit_amount",
    filter_class=PriceFilter,
    list_url="sales:pricebookentry-list",
    record_url="sales:pricebookentry-record",
    alive={"deleted_at": None, "book__deleted_at": None},
    edit=record_edit,
    delete=record_delete,
    restore=record_restore,
)  # fmt: skip


class PartFilter(ListFilter):
    q = django_filters.CharFilter("product__name", lookup_expr="icontains")
    bundle = IdFilter("bundle_id", visible=Product.objects.visible_to)
    product = IdFilter("product_id", visible=Product.objects.visible_to)

    class Meta:
        model = BundlePart
        fields: tuple[str, ...] = ()


BUNDLE_PARTS = Kind(
    key="sales.bundlepart",
    access="sales.product",
    model=BundlePart,
    label=_("Part of a bundle"),
    plural=_("Parts of bundles"),
    icon="package",
    fields=(
        Field(
            "product", _("Product"), FieldType.RECORD, path="product_id", name_path="product__name", edit="product",
            nullable=False, required=True, through="product_id", through_kind="sales.product", bulk=False, width=256,
        ),
        Field(
            "bundle", _("Bundle"), FieldType.RECORD, path="bundle_id", name_path="bundle__name", edit="bundle",
            nullable=False, required=True, through="bundle_id", through_kind="sales.product", bulk=False, width=256,
        ),
        Field(
            "quantity", _("Quantity"), FieldType.NUMBER, edit="quantity", nullable=False, sortable=True, width=120,
        ),
    ),
    title="product",
    columns=("product", "bundle", "quantity"),
    default_sort="quantity",
    filter_class=PartFilter,
    list_url="sales:bundlepart-list",
    record_url="sales:bundlepart-record",
    alive={"deleted_at": None},
    edit=record_edit,
    delete=record_delete,
    restore=record_restore,
)  # fmt: skip


def role_options() -> list[tuple[int, str]]:
    return list(Role.objects.order_by("name").values_list("pk", "name"))


class DiscountLimitFilter(ListFilter):
    q = django_filters.CharFilter("category", lookup_expr="icontains")

    class Meta:
        model = DiscountLimit
        fields: tuple[str, ...] = ()


DISCOUNT_LIMITS = Kind(
    key="sales.discountlimit",
    model=DiscountLimit,
    label=_("Discount limit"),
    plural=_("Discount limits"),
    icon="tag",
    fields=(
        Field(
            "role", _("Role"), FieldType.CHOICE, path="role_id", choices=role_options, edit="role", nullable=False,
            bulk=False, width=200,
        ),
        Field(
            "category", _("Category"), FieldType.TEXT, edit="category", nullable=False, width=192,
            hint=_("Of products; empty for all that have no limit of their own."),
        ),
        Field(
            "limit_rate", _("Discount up to %"), FieldType.NUMBER, edit="limit_rate", nullable=False, sortable=True,
            width=144,
            hint=_("From the price of the customer's price book. What goes beyond it needs approval."),
        ),
        Field(
            "margin_rate", _("Margin of at least %"), FieldType.NUMBER, edit="margin_rate", group="finance", width=160,
            hint=_("Of each line whose cost is known; empty for none. Below it, a deal needs approval."),
        ),
    ),
    title="role",
    columns=("role", "category", "limit_rate", "margin_rate"),
    default_sort="limit_rate",
    filter_class=DiscountLimitFilter,
    list_url="sales:discountlimit-list",
    record_url="sales:discountlimit-record",
    alive={"deleted_at": None},
    edit=record_edit,
    delete=record_delete,
    restore=record_restore,
)  # fmt: skip
