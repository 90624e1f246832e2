"""The history speaks in words that can be translated."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.test import Client
from django.utils import translation
from django.utils.functional import Promise

from contacts.models import Customer
from contacts.services.customer import customer_delete, customer_restore, customer_tag
from contacts.services.engagement import consent_create, relationship_create
from crm.access.permissions import catalogue
from crm.money.services import NoRate
from crm.records.history import declared, history_rows
from crm.staff.models import User
from sales.models import Order
from sales.services.order import order_cancel

PROJECT = Path(__file__).resolve().parents[3]
ACTION = re.compile(r"""["']((?:contacts|sales)\.[a-z]+\.[a-z_]+)["']""")


def test_every_action_of_the_services_has_a_label() -> None:
    files = [*PROJECT.glob("contacts/services/*.py"), *PROJECT.glob("sales/**/*.py")]
    text = "".join(path.read_text() for path in files)
    written = set(ACTION.findall(text))
    verbs = {"sales.order.cancel", "sales.order.return", "sales.order.reinstate"}
    assert written | verbs <= declared("HISTORY_LABELS").keys()


def test_what_happened_to_a_customer_is_told_in_words(
    rep: User, admin: User, manager: User, customer: Customer
) -> None:
    customer_tag(actor=rep, customer=customer, names=["vip"])
    values = {
        "purpose": "marketing",
        "channel": "email",
        "is_given": True,
        "wording": "Yes",
        "source": "fair",
    }
    consent_create(actor=admin, customer=customer, values=values)
    customer_delete(actor=manager, customer=customer)
    customer_restore(actor=manager, customer=customer)
    rows = history_rows(admin, customer)
    assert [row["label"] for row in rows] == ["Restored", "Deleted", "Consent recorded", "Tagged", "Created"]
    told = {item["label"]: item["after"] for item in rows[2]["changes"]}
    assert (told["Given"], told["Wording shown"]) == ("Yes", "Yes")
    assert {item["label"]: item["after"] for item in rows[4]["changes"]}["Type"] == "Person"


def test_what_happened_to_an_order_is_told_in_words(
    rep: User, customer: Customer, place_order: Callable[..., Order]
) -> None:
    order = place_order(rep, customer)
    order_cancel(actor=rep, order=order)
    newest, _oldest = history_rows(rep, order)
    assert newest["label"] == "Cancelled"
    (change,) = newest["changes"]
    assert (change["before"], change["after"]) == ("Placed", "Cancelled")


def test_a_relationship_is_told_without_the_other_side(rep: User, customer: Customer) -> None:
    other = Customer.objects.create(name="Bo", sort_name="bo", team=customer.team)
    relationship_create(actor=rep, customer=customer, other=other, kind="partner_of")
    assert history_rows(rep, customer)[0]["label"] == "Relationship added"


def test_labels_are_translated_when_read_not_when_loaded() -> None:
    assert all(isinstance(item.label, Promise) for item in catalogue().values())
    assert all(isinstance(text, Promise) for text in declared("HISTORY_LABELS").values())


def test_a_missing_rate_is_told_in_the_language_of_the_reader() -> None:
    fault = NoRate("SEK", date(2026, 3, 1))
    with translation.override("en"):
        assert str(fault) == "There is no exchange rate for SEK on or before 1 March 2026."


def test_the_page_shows_the_words(rep: User, customer: Customer, sign_in: Callable[[User], Client]) -> None:
    page = sign_in(rep).get(f"/customers/{customer.pk}/?tab=history").content.decode()
    assert "Created" in page


def test_days_and_amounts_are_told_as_people_read_them(
    rep: User, customer: Customer, place_order: Callable[..., Order]
) -> None:
    order = place_order(rep, customer, amount="1234.50")
    told = {change["label"]: change["after"] for row in history_rows(rep, order) for change in row["changes"]}
    assert told["Amount"] == "1,234.50"
    assert told["Placed on"] == f"{order.placed_on.day} {order.placed_on:%B %Y}"
