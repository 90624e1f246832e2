from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_edit
from crm.audit.models import AuditEntry
from crm.records.errors import StaleRecord
from crm.search.models import SearchRow
from crm.staff.models import User

SignIn = Callable[[User], Client]


def test_edit_changes_the_field_the_version_the_audit_and_the_index(rep: User, customer: Customer) -> None:
    customer_edit(actor=rep, customer=customer, values={"name": "Ada Östberg"}, version=1)
    customer.refresh_from_db()
    assert (customer.name, customer.sort_name, customer.version) == ("Ada Östberg", "ada ostberg", 2)
    entry = AuditEntry.objects.filter(action="contacts.customer.edit").get()
    assert entry.before["name"] == "Ada Lindqvist"
    assert entry.after["name"] == "Ada Östberg"
    assert "ostberg" in SearchRow.objects.get(object_type="contacts.customer", object_id=customer.pk).text


def test_a_stale_edit_is_refused_and_nothing_changes(
    rep: User, customer: Customer, unchanged: Callable[[], None]
) -> None:
    seen = Customer.objects.get(pk=customer.pk)
    customer_edit(actor=rep, customer=customer, values={"city": "Oslo"}, version=1)
    unchanged()
    with pytest.raises(StaleRecord) as caught:
        customer_edit(actor=rep, customer=seen, values={"city": "Bergen"}, version=1)
    assert caught.value.current.city == "Oslo"
    unchanged()


def test_teammates_may_edit_each_others_customers(rep: User, customer: Customer) -> None:
    teammate = User.objects.create_user("mate@tenure.example", None, name="Mate")
    teammate.teams.set(rep.teams.all())
    teammate.roles.set(rep.roles.all())
    customer_edit(actor=teammate, customer=customer, values={"city": "Oslo"}, version=1)
    assert Customer.objects.get(pk=customer.pk).city == "Oslo"


@pytest.mark.parametrize("path", ["", "peek/", "timeline/", "edit/", "properties/city/"])
def test_an_outsider_reads_no_customer(
    path: str, outsider: User, customer: Customer, sign_in: SignIn
) -> None:
    answer = sign_in(outsider).get(f"/customers/{customer.pk}/{path}")
    assert answer.status_code in (403, 404)
    assert "Lindqvist" not in answer.content.decode()


def test_what_is_invisible_is_404_as_if_it_did_not_exist(
    narrow: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(narrow)
    assert client.get(f"/customers/{customer.pk}/").status_code == 404
    assert client.get("/customers/999999999/").status_code == 404


@pytest.mark.parametrize(
    "path", ["edit/", "delete/", "properties/city/", "tags/", "interactions/", "relationships/"]
)
def test_posts_to_an_invisible_customer_change_nothing(
    path: str, narrow: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(narrow)
    unchanged()
    data = {"name": "X", "kind": "note", "body": "X", "city": "X", "tag": "X", "version": "1"}
    assert client.post(f"/customers/{customer.pk}/{path}", data).status_code == 404
    unchanged()


def test_the_service_itself_refuses_the_forbidden(agent: User, customer: Customer, narrow: User) -> None:
    with pytest.raises(PermissionDenied):
        customer_edit(actor=agent, customer=customer, values={"owner": agent}, version=1)
    with pytest.raises(Http404):
        customer_edit(actor=narrow, customer=customer, values={"city": "X"}, version=1)


def test_inline_edit_saves_one_property(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    answer = client.post(
        f"/customers/{customer.pk}/properties/city/",
        {"city": "Oslo", "version": "1"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 200
    assert "Oslo" in answer.content.decode()
    assert Customer.objects.get(pk=customer.pk).city == "Oslo"


def test_a_stale_inline_edit_shows_both_values(rep: User, customer: Customer, sign_in: SignIn) -> None:
    customer_edit(actor=rep, customer=customer, values={"city": "Oslo"}, version=1)
    answer = sign_in(rep).post(
        f"/customers/{customer.pk}/properties/city/", {"city": "Bergen", "version": "1"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Oslo" in page
    assert "Bergen" in page
    assert Customer.objects.get(pk=customer.pk).city == "Oslo"


def test_only_an_organisation_employs(rep: User, customer: Customer, sign_in: SignIn) -> None:
    friend = customer_create(actor=rep, values={"name": "Bo", "kind": "person"})
    answer = sign_in(rep).post(
        f"/customers/{customer.pk}/properties/organisation/", {"organisation": friend.pk, "version": "1"}
    )
    assert answer.status_code == 422
    assert Customer.objects.get(pk=customer.pk).organisation is None


@pytest.mark.parametrize("name", ["sort_name", "id", "deleted_at", "password", "time_zone", "version", "foo"])
def test_a_property_that_no_page_shows_is_not_there(
    name: str, rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    address = f"/customers/{customer.pk}/properties/{name}/"
    assert client.post(address, {name: "x", "version": customer.version}).status_code == 404
    assert client.get(address).status_code == 404
    assert client.get(f"{address}?show=1").status_code == 404
    unchanged()


def seen_form(client: Client, customer: Customer) -> dict[str, str]:
    """What a browser would send back of the edit page, untouched."""
    page = client.get(f"/customers/{customer.pk}/edit/")
    form = page.context["form"]
    sent = {field.html_name: form.text_of(field.name) for field in form}
    return {**sent, **dict(form.seen())}


def test_a_stale_save_is_about_what_its_writer_changed(
    rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    mine = {**seen_form(client, customer), "region": "Skåne", "job_title": "Director"}
    customer_edit(
        actor=rep, customer=customer, values={"city": "Lyon", "job_title": "Buyer"}, version=customer.version
    )
    unchanged()
    answer = client.post(f"/customers/{customer.pk}/edit/", mine)
    assert answer.status_code == 409
    unchanged()
    assert [item["name"] for item in answer.context["conflict"]] == ["job_title"]
    assert answer.context["conflict"][0]["by"] == "Rep"
    form = answer.context["form"]
    assert {name: form.text_of(name) for name in ("city", "region", "job_title")} == {
        "city": "Lyon",
        "region": "Skåne",
        "job_title": "Director",
    }
    again = {field.html_name: form.text_of(field.name) for field in form} | dict(form.seen())
    assert client.post(f"/customers/{customer.pk}/edit/", again).status_code == 302
    now = Customer.objects.get(pk=customer.pk)
    assert (now.city, now.region, now.job_title) == ("Lyon", "Skåne", "Director")
