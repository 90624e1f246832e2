"""Price books with their rule and prices, and what they say to a customer, as the API offers them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contacts.models import Customer
from crm.access.services import allowed
from crm.api.resources import Input, Nested, Part, Resource, Row
from crm.api.values import ReferenceField, money_text, number
from crm.company.selectors import company, company_day
from crm.records.generic import record_create, record_edit
from crm.rules.errors import RuleError
from crm.rules.tree import read_tree, write_text
from crm.staff.models import User
from sales.api.lines import product_names
from sales.book_rules import read_rule, rule_words
from sales.models import PriceBook, PriceBookEntry
from sales.price_kinds import PRICE_BOOKS as KIND
from sales.prices import Pricing
from sales.services.price_book import price_book_rule_edit


class PriceSerializer(serializers.Serializer):
    product = ReferenceField(allow_null=True)
    from_quantity = serializers.CharField()
    unit_amount = serializers.CharField()


class RuleField(serializers.JSONField):
    """A rule over customers, as `/rules/check/` takes it; empty for everybody."""


def rule_input(user: User | None) -> serializers.Field:
    return RuleField(required=False, help_text=_("Who gets it: a rule over customers; empty for everybody."))


def rule_schema(user: User | None) -> serializers.Field:
    return RuleField(read_only=True)


def words_schema(user: User | None) -> serializers.Field:
    return serializers.CharField(read_only=True, help_text=str(_("The rule in plain words.")))


def prices_schema(user: User | None) -> serializers.Field:
    return PriceSerializer(many=True, read_only=True)


def fill_rules(user: User, rows: list[Row]) -> None:
    rules = dict(PriceBook.objects.filter(pk__in=[row["id"] for row in rows]).values_list("pk", "rule"))
    for row in rows:
        row["rule"] = rules[row["id"]]
        row["rule_words"] = rule_words(rules[row["id"]])


def fill_words(user: User, rows: list[Row]) -> None:
    """Written together with the rules."""
    if rows and "rule_words" not in rows[0]:
        fill_rules(user, rows)


def fill_prices(user: User, rows: list[Row]) -> None:
    """One query for the prices of a page of books, one for the products that the reader may see."""
    entries = PriceBookEntry.objects.filter(book__in=[row["id"] for row in rows], deleted_at=None)
    found = list(entries.order_by("product", "from_quantity"))
    names = product_names(user, {entry.product_id for entry in found})
    by_book: dict[int, list[Row]] = {row["id"]: [] for row in rows}
    for entry in found:
        by_book[entry.book_id].append(price_row(entry, names))
    for row in rows:
        row["prices"] = by_book[row["id"]]


def price_row(entry: PriceBookEntry, names: Mapping[int, str]) -> Row:
    pk = entry.product_id
    return {
        "product": {"id": pk, "name": names[pk]} if pk in names else None,
        "from_quantity": number(entry.from_quantity),
        "unit_amount": money_text(entry.unit_amount),
    }


def asked_rule(user: User, rule: Any) -> dict[str, Any]:
    """As it is stored. Raises ValidationError."""
    try:
        return read_rule(user, write_text(read_tree(rule)))
    except RuleError as fault:
        raise ValidationError({"rule": fault.text}) from fault


@transaction.atomic
def create_book(*, actor: User, values: Mapping[str, Any]) -> PriceBook:
    given = dict(values)
    rule = given.pop("rule", None)
    book: PriceBook = record_create(actor=actor, kind=KIND, values=given)
    return save_rule(actor, book, rule)


@transaction.atomic
def edit_book(*, actor: User, obj: PriceBook, values: Mapping[str, Any], version: int) -> PriceBook:
    given = dict(values)
    rule = given.pop("rule", None)
    if given:
        obj = record_edit(actor=actor, obj=obj, values=given, version=version)
    return save_rule(actor, obj, rule)


def save_rule(actor: User, book: PriceBook, rule: Any) -> PriceBook:
    if rule is None:
        return book
    return price_book_rule_edit(actor=actor, book=book, rule=asked_rule(actor, rule), version=book.version)


PRICE_BOOKS = Resource(
    name="price-books",
    kind="sales.pricebook",
    one="PriceBook",
    scopes=("sales.pricebook",),
    create=create_book,
    edit=edit_book,
    requires=("name", "currency"),
    inputs=(Input("rule", rule_input, on=("create", "edit")),),
    nested=(
        Nested("rule", rule_schema, fill_rules),
        Nested("rule_words", words_schema, fill_words),
        Nested("prices", prices_schema, fill_prices),
    ),
)


# --- what holds for a customer ---------------------------------------------------------------------------------------


class HoldingSerializer(serializers.Serializer):
    """A book that holds for who pays, with its prices; the first one that has a product counts."""

    book = ReferenceField()
    priority = serializers.IntegerField()
    why = serializers.CharField()
    prices = PriceSerializer(many=True)


class CustomerPricesSerializer(serializers.Serializer):
    currency = serializers.CharField()
    day = serializers.DateField()
    books = HoldingSerializer(many=True)


def customer_prices(user: User, customer: Customer) -> Row | None:
    """In the company's currency, today; what no book prices costs its list price."""
    if not allowed(user, "sales.view_pricebook"):
        return None
    pricing = Pricing(customer, company().currency, company_day())
    entries = PriceBookEntry.objects.filter(book__in=[book.pk for book in pricing.books], deleted_at=None)
    found = list(entries.order_by("product", "from_quantity"))
    names = product_names(user, {entry.product_id for entry in found})
    return {
        "currency": pricing.currency,
        "day": pricing.day.isoformat(),
        "books": [
            {
                "book": {"id": book.pk, "name": book.name},
                "priority": book.priority,
                "why": rule_words(book.rule),
                "prices": [price_row(entry, names) for entry in found if entry.book_id == book.pk],
            }
            for book in pricing.books
        ],
    }


def customer_prices_schema(user: User | None) -> serializers.Field:
    return CustomerPricesSerializer()


CUSTOMER_PRICES = Part(
    "prices",
    "sales.view_pricebook",
    customer_prices_schema,
    customer_prices,
    _("Which price books hold for the customer today, the first one first, and their prices"),
)
