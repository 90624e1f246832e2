"""What a person may not see stays out of reach through other records, filters, versions and odd input."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory
from django.utils import timezone

from contacts.models import Customer, CustomerValue, Task
from contacts.services.customer import customer_create, customer_delete, customer_edit
from contacts.services.engagement import attachment_create, consent_create, task_create
from contacts.services.interaction import interaction_create
from crm.access.models import Role
from crm.encoding import Utf8Requests
from crm.lists.cursor import Cursor
from crm.records.timeline import read_place, timeline
from crm.search.services import index
from crm.staff.models import User
from sales.models import Order

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def valued(customer: Customer) -> None:
    CustomerValue.objects.create(
        customer=customer,
        run_number=1,
        as_of="2026-11-01",
        computed_at=timezone.now(),
        state="predicted",
        rfm_group="champions",
        churn_risk=0.6789,
        lifetime_value=98765,
    )


def form_of(customer: Customer, **changes: object) -> dict[str, object]:
    data = {
        "name": customer.name,
        "kind": customer.kind,
        "team": customer.team_id,
        "owner": customer.owner_id,
    }
    return {**data, "email": "ada@lindqvist.example", "version": customer.version, **changes}


def test_an_edit_is_saved_whole_or_not_at_all(
    rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    data = form_of(customer, name="Another Name", phone="not a phone")
    assert client.post(f"/customers/{customer.pk}/edit/", data).status_code == 422
    unchanged()


@pytest.mark.parametrize("version", ["", "0", "x", "-5", "99999999999999999999"])
def test_an_edit_without_a_version_never_wins(
    version: str, rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    customer_edit(actor=rep, customer=customer, values={"city": "Oslo"}, version=1)
    client = sign_in(rep)
    unchanged()
    data = form_of(customer, city="Rome", version=version)
    assert client.post(f"/customers/{customer.pk}/edit/", data).status_code in (409, 422)
    unchanged()


def test_e_mail_belongs_to_the_version_of_its_customer(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    address = f"/customers/{customer.pk}/properties/email/"
    assert client.post(address, {"email": "first@x.example", "version": "1"}).status_code == 200
    assert client.post(address, {"email": "second@x.example", "version": "1"}).status_code == 409
    assert customer.contact_points.get(is_primary=True).value == "first@x.example"


def test_an_organisation_with_people_stays_one(rep: User, customer: Customer, sign_in: SignIn) -> None:
    firm = customer_create(actor=rep, values={"name": "Firm", "kind": "organisation"})
    customer_edit(actor=rep, customer=customer, values={"organisation": firm}, version=1)
    client = sign_in(rep)
    for record, kind in ((firm, "person"), (customer, "organisation")):
        data = {"kind": kind, "version": record.version}
        assert client.post(f"/customers/{record.pk}/properties/kind/", data).status_code == 422
    assert set(Customer.objects.values_list("name", "kind")) >= {("Firm", "organisation")}


def test_a_deleted_organisation_pays_for_nothing(
    rep: User, manager: User, customer: Customer, place_order: Callable[..., Order]
) -> None:
    firm = customer_create(actor=rep, values={"name": "Firm", "kind": "organisation"})
    customer_edit(actor=rep, customer=customer, values={"organisation": firm}, version=1)
    customer_delete(actor=manager, customer=Customer.objects.get(pk=firm.pk))
    assert place_order(rep, Customer.objects.get(pk=customer.pk)).payer_id == customer.pk


@pytest.mark.parametrize("path", ["/customers/new/", "/tasks/new/"])
def test_giving_new_work_to_others_needs_the_right_to_assign(
    path: str, narrow: User, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(narrow)
    unchanged()
    kind = "task" if "tasks" in path else "person"
    data = {"name": "X", "title": "X", "kind": kind, "owner": rep.pk, "team": rep.teams.get().pk}
    assert client.post(path, data).status_code == 403
    unchanged()


def test_value_is_neither_shown_nor_filtered_nor_sorted_without_its_permission(
    narrow: User, sign_in: SignIn
) -> None:
    mine = customer_create(actor=narrow, values={"name": "Mine", "kind": "person"})
    valued(mine)
    client = sign_in(narrow)
    for path in ("/customers/", f"/customers/{mine.pk}/", f"/customers/{mine.pk}/peek/"):
        page = client.get(path).content.decode()
        assert "98,765" not in page
        assert "Champions</" not in page
    for query in ("risk=high", "risk=medium", "r=5", "rfm_group=lost", "category=A"):
        assert [row["id"] for row in client.get(f"/customers/?{query}").context["rows"]] == [mine.pk]
    assert client.get("/customers/?sort=-lifetime_value").context["sort"] == "-updated_at"


def test_an_order_does_not_tell_of_a_customer_one_may_not_see(
    narrow: User, rep: User, customer: Customer, place_order: Callable[..., Order], sign_in: SignIn
) -> None:
    order = place_order(rep, customer)
    Order.objects.filter(pk=order.pk).update(owner=narrow)
    order.refresh_from_db()
    index(order)
    client = sign_in(narrow)
    for path in ("/orders/", f"/orders/{order.pk}/", f"/search/?q={order.external_id}"):
        assert "Lindqvist" not in client.get(path).content.decode()
    for query in (
        "q=Lindqvist",
        "q=ada@lindqvist.example",
        f"customer={customer.pk}",
        f"payer={customer.pk}",
    ):
        assert client.get(f"/orders/?{query}").context["rows"] == []


def test_a_task_about_an_invisible_customer_is_edited_without_naming_it(
    narrow: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    task = task_create(actor=rep, values={"title": "Call", "customer": customer})
    Task.objects.filter(pk=task.pk).update(owner=narrow)
    client = sign_in(narrow)
    assert "Lindqvist" not in client.get(f"/tasks/{task.pk}/edit/").content.decode()
    data = {"title": "Call again", "owner": narrow.pk, "version": "1"}
    assert client.post(f"/tasks/{task.pk}/edit/", data).status_code == 302
    assert (Task.objects.get().title, Task.objects.get().customer) == ("Call again", customer)
    assert client.get(f"/tasks/?customer={customer.pk}").context["rows"] == []


def test_tasks_of_others_are_no_ones_business(
    narrow: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    task_create(actor=rep, values={"title": "Secret plan", "customer": customer})
    mine = customer_create(actor=narrow, values={"name": "Mine", "kind": "organisation"})
    task = task_create(actor=rep, values={"title": "Second secret", "customer": customer})
    Task.objects.filter(pk=task.pk).update(customer=mine)
    client = sign_in(narrow)
    for path in (
        "/tasks/",
        "/tasks/?state=all",
        "/",
        f"/customers/{mine.pk}/?tab=tasks",
        f"/customers/{mine.pk}/peek/",
    ):
        assert "ecret" not in client.get(path).content.decode()
    Customer.objects.filter(pk=customer.pk).update(organisation=mine)
    assert "Lindqvist" not in client.get(f"/customers/{mine.pk}/").content.decode()


def test_restoring_needs_the_right_to_delete(
    agent: User, rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    task = task_create(actor=rep, values={"title": "Call", "customer": customer})
    Task.objects.filter(pk=task.pk).update(deleted_at=timezone.now())
    customer_delete(actor=rep, customer=customer)
    client = sign_in(agent)
    unchanged()
    assert client.post(f"/customers/{customer.pk}/restore/").status_code in (403, 404)
    assert client.post(f"/tasks/{task.pk}/restore/").status_code in (403, 404)
    unchanged()


def test_files_go_out_of_reach_with_their_customer(rep: User, customer: Customer, sign_in: SignIn) -> None:
    upload = SimpleUploadedFile("a.txt", b"hello")
    kept = attachment_create(actor=rep, customer=customer, upload=upload)
    customer_delete(actor=rep, customer=customer)
    assert sign_in(rep).get(f"/attachments/{kept.pk}/").status_code == 404


def test_history_keeps_the_secrets_of_field_groups(
    rep: User, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    values = {
        "purpose": "marketing",
        "channel": "email",
        "is_given": True,
        "wording": "SECRET",
        "source": "fair",
    }
    consent_create(actor=admin, customer=customer, values=values)
    address = f"/customers/{customer.pk}/?tab=history"
    assert "SECRET" in sign_in(rep).get(address).content.decode()
    Role.objects.filter(key="sales-rep").update(field_groups={"finance": "hidden", "privacy": "hidden"})
    assert "SECRET" not in sign_in(User.objects.get(pk=rep.pk)).get(address).content.decode()


def test_every_entry_of_the_timeline_is_met_once_even_at_one_moment(rep: User, customer: Customer) -> None:
    now = timezone.now()
    for number in range(75):
        at = now - timedelta(days=0 if number < 40 else number)
        interaction_create(
            actor=rep, customer=customer, values={"kind": "note", "summary": f"n{number}", "happened_at": at}
        )
    seen: list[str] = []
    place = ""
    while True:
        entries, place = timeline(rep, customer, read_place(place))
        seen += [entry.summary for entry in entries]
        if not place:
            break
    assert sorted(seen) == sorted(f"n{number}" for number in range(75))


def test_two_who_act_at_once_get_an_answer_not_a_fault(
    rep: User,
    customer: Customer,
    place_order: Callable[..., Order],
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = place_order(rep, customer)
    seen = Order.objects.get(pk=order.pk)
    Order.objects.filter(pk=order.pk).update(version=2)
    monkeypatch.setattr("sales.views.order.order_find", lambda user, pk: seen)
    assert sign_in(rep).post(f"/orders/{order.pk}/return/").status_code == 409
    assert Order.objects.get().status == "placed"


ODD = (
    "/customers/?organisation=-1e300000",
    "/customers/?organisation=1e49",
    "/tasks/?customer=-1e300000",
    "/orders/?payer=99999999999999999999",
    "/orders/new/?customer=" + "9" * 5000,
    "/customers/99999999999999999999/",
    "/customers/?q=%ff%fe%00",
    "/customers/?tag=%00",
    "/customers/?after=" + Cursor("9999-12-31T23:59:59-23:59", 1).encode(),
    "/customers/?sort=name&after=" + Cursor("\ud800", 1).encode(),
    "/customers/?sort=name&after=" + Cursor("\0", 1).encode(),
    "/orders/?sort=amount&after=" + Cursor("1e400000", 1).encode(),
    "/orders/?sort=amount&after=" + Cursor("sNaN", 1).encode(),
    "/customers/?sort=-lifetime_value&after=" + Cursor(int("9" * 400), 1).encode(),
)


@pytest.mark.parametrize("path", ODD)
def test_odd_addresses_are_answered_in_no_time(path: str, admin: User, sign_in: SignIn) -> None:
    assert sign_in(admin).get(path).status_code in (200, 404)


@pytest.mark.parametrize(
    "before",
    [
        "0001-01-01T00:00:00+23:59~order~1",
        "9999-12-31T23:59:59-23:59~order~1",
        "2020-01-01T00:00:00+23:59:59~x~1",
        "x~y~z",
    ],
)
def test_odd_places_of_the_timeline_are_its_start(
    before: str, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    assert sign_in(rep).get(f"/customers/{customer.pk}/timeline/?before={quote(before)}").status_code == 200


def test_odd_headers_and_tags_do_no_harm(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    address = f"/customers/{customer.pk}/"
    assert client.get(address, headers={"Referer": "http://[/customers/"}).status_code == 200
    assert client.post(f"{address}tags/", {"tag": "a\0b"}, headers=HTMX).status_code == 200
    assert customer.tags.count() == 0


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "hex", "idna", "utf-8"])
def test_requests_are_read_as_utf_8_whatever_they_claim(charset: str, db: None) -> None:
    environ = RequestFactory()._base_environ(
        PATH_INFO="/healthz",
        QUERY_STRING="q=%5Cud800%2B2AA-",
        CONTENT_TYPE=f"text/plain; charset={charset}; x=1",
    )
    answers: list[str] = []
    Utf8Requests(WSGIHandler())(environ, lambda status, headers, fault=None: answers.append(status))
    assert answers == ["200 OK"]
