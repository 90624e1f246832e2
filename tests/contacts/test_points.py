"""Ways to reach a customer: replaced when corrected, added, taken away, found; nothing kept that was corrected."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from contacts.models import ContactPoint, Customer
from contacts.points import read_point
from contacts.services.points import point_create, point_edit, points_edit
from crm.audit.models import AuditEntry
from crm.records.errors import StaleRecord
from crm.search.models import SearchRow
from crm.staff.models import User

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def reachable(customer: Customer) -> list[tuple[str, str, bool]]:
    points = ContactPoint.objects.filter(customer=customer).order_by("kind", "value")
    return [(point.kind, point.value, point.is_primary) for point in points]


def current(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def test_a_corrected_e_mail_leaves_nothing_of_the_wrong_one(rep: User, customer: Customer) -> None:
    points_edit(actor=rep, customer=customer, version=1, texts={"email": "Right@x.example"})
    assert reachable(customer) == [("email", "right@x.example", True)]
    row = SearchRow.objects.get(object_type="contacts.customer", object_id=customer.pk)
    assert "right@x.example" in row.subtitle
    assert "lindqvist.example" not in row.text


def test_a_second_e_mail_stays_beside_the_first_and_follows_it(rep: User, customer: Customer) -> None:
    point_create(actor=rep, customer=customer, kind="email", text="second@x.example")
    assert [primary for *_rest, primary in reachable(customer)] == [True, False]
    points_edit(actor=rep, customer=current(customer), version=2, texts={"email": ""})
    assert reachable(customer) == [("email", "second@x.example", True)]


def test_correcting_to_one_that_is_known_already_keeps_one(rep: User, customer: Customer) -> None:
    point_create(actor=rep, customer=customer, kind="email", text="second@x.example")
    points_edit(actor=rep, customer=current(customer), version=2, texts={"email": "second@x.example"})
    assert reachable(customer) == [("email", "second@x.example", True)]


def test_any_other_way_is_added_corrected_and_taken_away(rep: User, customer: Customer) -> None:
    point = point_create(actor=rep, customer=customer, kind="web", text="lindqvist.example")
    assert (point.value, point.shown, point.is_primary) == (
        "https://lindqvist.example",
        "lindqvist.example",
        True,
    )
    point_edit(actor=rep, customer=current(customer), point=point, text="ada.example", version=2)
    assert ("web", "https://ada.example", True) in reachable(customer)
    point_edit(actor=rep, customer=current(customer), point=point, text="", version=3)
    assert reachable(customer) == [("email", "ada@lindqvist.example", True)]
    told = AuditEntry.objects.filter(action__startswith="contacts.customer.").order_by("id")
    assert [entry.after for entry in told][-3:] == [
        {"web": "lindqvist.example"},
        {"web": "ada.example"},
        {"web": ""},
    ]


def test_a_stale_correction_is_refused(rep: User, customer: Customer, unchanged: Callable[[], None]) -> None:
    point = point_create(actor=rep, customer=customer, kind="web", text="lindqvist.example")
    unchanged()
    with pytest.raises(StaleRecord):
        point_edit(actor=rep, customer=current(customer), point=point, text="x.example", version=1)
    unchanged()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("phone", "12"),
        ("phone", "abc"),
        ("phone", "123abc"),
        ("email", "ada@"),
        ("web", "not an address"),
        ("web", "javascript://x"),
    ],
)
def test_what_cannot_be_reached_is_refused_at_the_field(
    kind: str, text: str, rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post(f"/customers/{customer.pk}/points/", {"kind": kind, "text": text}, headers=HTMX)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    unchanged()


def test_phones_are_shown_alike_however_they_were_typed() -> None:
    typed = ("020 7946 0958", "+442079460958", "0044 20 7946 0958")
    assert {read_point("phone", text, "GB").shown for text in typed} == {"+44 20 7946 0958"}
    with pytest.raises(ValidationError):
        read_point("phone", "12", "GB")


def test_the_record_answers_with_all_ways_after_a_change(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    added = client.post(
        f"/customers/{customer.pk}/points/", {"kind": "email", "text": "second@x.example"}, headers=HTMX
    )
    assert added.headers["HX-Retarget"] == "#reach"
    point = customer.contact_points.get(value="second@x.example")
    address = f"/customers/{customer.pk}/points/{point.pk}/"
    assert "second@x.example" in client.get(address).content.decode()
    answer = client.post(address, {"text": "", "version": "2"}, headers=HTMX).content.decode()
    assert "ada@lindqvist.example" in answer
    assert "second@x.example" not in answer


def test_a_point_of_somebody_else_is_not_found(
    rep: User, customer: Customer, narrow: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    point, client = customer.contact_points.get(), sign_in(narrow)
    unchanged()
    for address in (f"/customers/{customer.pk}/points/", f"/customers/{customer.pk}/points/{point.pk}/"):
        answer = client.post(address, {"kind": "email", "text": "x@x.example", "version": "1"})
        assert answer.status_code == 404
    unchanged()
