"""A person whom one may see does not tell of an organisation that one may not see."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Customer, CustomerValue
from contacts.services.customer import customer_create, customer_edit
from contacts.services.engagement import relationship_create, task_create
from crm.staff.models import User
from sales.models import Order

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def firm(rep: User) -> Customer:
    values = {"name": "Hidden Holdings", "kind": "organisation"}
    firm = customer_create(actor=rep, values=values)
    CustomerValue.objects.create(
        customer=firm,
        run_number=1,
        as_of="2026-11-01",
        computed_at=timezone.now(),
        state="predicted",
        rfm_group="champions",
        lifetime_value=98765,
    )
    return firm


@pytest.fixture
def person(rep: User, narrow: User, firm: Customer, place_order: Callable[..., Order]) -> Customer:
    """Seen by everybody of the cast; works for the firm, which `narrow` may not see."""
    values = {"name": "Ada Lindqvist", "kind": "person", "city": "Malmo", "organisation": firm}
    person = customer_create(actor=rep, values=values, email="ada@lindqvist.example")
    relationship_create(actor=rep, customer=person, other=firm, kind="works_for")
    order = place_order(rep, person)
    task = task_create(actor=rep, values={"title": "Call", "customer": person})
    for row in (person, order, task):
        type(row)._base_manager.filter(pk=row.pk).update(owner=narrow)
    customer_edit(actor=rep, customer=Customer.objects.get(pk=person.pk), values={"city": "Lund"}, version=1)
    return Customer.objects.get(pk=person.pk)


PAGES = (
    "/customers/",
    "/customers/{pk}/",
    "/customers/{pk}/?tab=tasks",
    "/customers/{pk}/?tab=history",
    "/customers/{pk}/peek/",
    "/customers/{pk}/timeline/",
    "/customers/{pk}/edit/",
    "/customers/{pk}/properties/organisation/?show=1",
    "/search/?q=lindqvist",
    "/tasks/",
    "/orders/",
    "/",
)
NAMED = (0, 1, 4, 6, 7, 8)


@pytest.mark.parametrize("path", PAGES)
def test_the_name_and_the_value_of_a_hidden_organisation_stand_nowhere(
    path: str, narrow: User, person: Customer, firm: Customer, sign_in: SignIn
) -> None:
    answer = sign_in(narrow).get(path.format(pk=person.pk))
    page = answer.content.decode()
    assert answer.status_code == 200
    for secret in ("Hidden", "98,765", "Champions</", f"/customers/{firm.pk}/"):
        assert secret not in page


@pytest.mark.parametrize("path", [PAGES[place] for place in NAMED])
def test_those_who_may_see_the_organisation_read_its_name(
    path: str, rep: User, person: Customer, sign_in: SignIn
) -> None:
    assert "Hidden Holdings" in sign_in(rep).get(path.format(pk=person.pk)).content.decode()


def test_the_order_of_a_person_is_silent_about_its_payer(
    narrow: User, person: Customer, sign_in: SignIn
) -> None:
    client = sign_in(narrow)
    order = Order.objects.get()
    page = client.get(f"/orders/{order.pk}/").content.decode()
    assert "Ada Lindqvist" in page
    assert "Hidden" not in page
    assert "98,765" not in page
    role = narrow.roles.get()
    role.matrix["analytics.value"] = {"view": "all"}
    role.save()
    (row,) = client.get("/orders/?columns=customer,rfm_group,churn_risk").context["rows"]
    assert (row["customer"], row["rfm_group"], row["churn_risk"]) == ("Ada Lindqvist", None, None)


def test_the_list_of_orders_names_the_group_of_the_payer(
    rep: User, person: Customer, sign_in: SignIn
) -> None:
    assert "Champions</span>" in sign_in(rep).get("/orders/").content.decode()


def test_the_record_says_that_there_is_an_organisation(
    narrow: User, person: Customer, sign_in: SignIn
) -> None:
    client = sign_in(narrow)
    page = client.get(f"/customers/{person.pk}/").content.decode()
    assert "not visible to you" in page
    assert "not visible" not in client.get(f"/customers/{person.pk}/peek/").content.decode()


def test_a_hidden_organisation_is_neither_edited_nor_lost(
    narrow: User, person: Customer, firm: Customer, sign_in: SignIn
) -> None:
    client = sign_in(narrow)
    address = f"/customers/{person.pk}/properties/organisation/"
    assert client.get(address, headers=HTMX).status_code == 403
    client.post(address, {"organisation": "", "version": person.version}, headers=HTMX)
    data = {"name": "Ada L", "kind": "person", "team": person.team_id, "owner": narrow.pk, "organisation": ""}
    answer = client.post(f"/customers/{person.pk}/edit/", {**data, "version": person.version})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.name, person.organisation) == ("Ada L", firm)


def test_a_refusal_because_of_a_hidden_organisation_is_told_above_the_form(
    narrow: User, person: Customer, sign_in: SignIn
) -> None:
    data = {"name": "Ada", "kind": "organisation", "team": person.team_id, "owner": narrow.pk}
    answer = sign_in(narrow).post(f"/customers/{person.pk}/edit/", {**data, "version": person.version})
    assert answer.status_code == 422
    assert "Only a person can work for an organisation." in answer.content.decode()


@pytest.mark.parametrize("path", ["/customers/?q={}", "/orders/?q={}", "/search/?q={}"])
@pytest.mark.parametrize(
    ("words", "found_by_narrow"),
    [
        ("hidden", False),
        ("holdings", False),
        ("lindqvist", True),
        ("ada lund", True),
    ],
)
def test_nobody_is_found_by_a_hidden_organisation(
    path: str, words: str, found_by_narrow: bool, narrow: User, rep: User, person: Customer, sign_in: SignIn
) -> None:
    def names(user: User) -> bool:
        return "Ada Lindqvist" in sign_in(user).get(path.format(words)).content.decode()

    assert names(rep)
    assert names(narrow) is found_by_narrow


@pytest.mark.parametrize("path", ["/customers/?q={}", "/orders/?q={}"])
def test_nor_by_a_name_beside_it(path: str, narrow: User, person: Customer, sign_in: SignIn) -> None:
    page = sign_in(narrow).get(path.format("lindqvist hidden"))
    assert page.context["rows"] == []


def test_a_mistyped_name_still_finds_a_person_of_a_hidden_organisation(
    narrow: User, person: Customer, sign_in: SignIn
) -> None:
    assert "Ada Lindqvist" in sign_in(narrow).get("/search/?q=lindqwist").content.decode()


def test_hiding_costs_one_query_however_many_rows(
    narrow: User, person: Customer, firm: Customer, sign_in: SignIn
) -> None:
    client = sign_in(narrow)

    def cost(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(path)
        return len(queries)

    before = [cost(path) for path in ("/customers/", "/search/?q=ada")]
    for number in range(5):
        other = customer_create(actor=narrow, values={"name": f"Ada {number}", "kind": "person"})
        Customer.objects.filter(pk=other.pk).update(organisation=firm)
    now = [cost(path) for path in ("/customers/", "/search/?q=ada")]
    assert all(count <= then for count, then in zip(now, before, strict=True))
