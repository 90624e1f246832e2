"""Saved views: kept, shared, pinned, opened by default; and what they never grant."""

import html
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.access.models import Role
from crm.lists.defaults import view_set_roles
from crm.lists.models import Arrangement, DefaultView, View
from crm.staff.models import User

SignIn = Callable[[User], Client]
NEW = "/lists/contacts-customer/views/new/"
RULE = json.dumps({"field": "city", "op": "is", "value": "Bern"})


@pytest.fixture
def bern(rep: User) -> Customer:
    customer_create(actor=rep, values={"name": "Elsewhere", "kind": "person"})
    return customer_create(actor=rep, values={"name": "Ada", "kind": "person", "city": "Bern"})


def save(client: Client, name: str = "In Bern", **values: Any) -> Any:
    query = values.pop("query", f"rule={RULE}&sort=-name")
    return client.post(NEW, {"name": name, "share": "private", "query": query, **values})


def names(answer: Any) -> list[str]:
    return [row["name"] for row in answer.context["rows"]]


def test_a_view_keeps_rule_filters_sort_and_columns(bern: Customer, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    answer = save(client, query=f"rule={RULE}&sort=-name&kind=person&columns=name:300,city&after=x")
    view = View.objects.get()
    assert answer.headers["Location"] == f"/customers/?view={view.pk}"
    assert view.params == {"kind": "person", "sort": "-name"}
    assert view.rule == json.loads(RULE)
    assert view.columns == [["name", 300], ["city", 120]]
    page = client.get(f"/customers/?view={view.pk}")
    assert names(page) == ["Ada"]
    assert [column.field.key for column in page.context["state"].columns] == ["name", "city"]
    assert "In Bern" in page.content.decode()


def test_the_address_changes_the_view_for_once(bern: Customer, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    save(client)
    view = View.objects.get()
    page = client.get(f"/customers/?view={view.pk}&rule=")
    assert set(names(page)) == {"Ada", "Elsewhere"}
    assert page.context["state"].is_changed
    assert not client.get(f"/customers/?view={view.pk}").context["state"].is_changed


def test_a_changed_view_is_saved(bern: Customer, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    save(client)
    view = View.objects.get()
    client.post(
        f"/lists/contacts-customer/views/{view.pk}/save/", {"query": f"view={view.pk}&rule=&sort=name"}
    )
    view.refresh_from_db()
    assert (view.rule, view.params) == ({"all": []}, {"sort": "name"})


def test_who_changes_a_view_after_somebody_else_is_told_so(
    bern: Customer, admin: User, rep: User, sign_in: SignIn
) -> None:
    save(sign_in(admin), share="everyone")
    view = View.objects.get()
    address = f"/lists/contacts-customer/views/{view.pk}"
    first, second = sign_in(admin), sign_in(admin)
    assert first.post(f"{address}/", {"name": "Mine", "share": "everyone", "version": 1}).status_code == 302
    late = second.post(f"{address}/", {"name": "Late", "share": "everyone", "version": 1})
    assert late.status_code == 409
    assert "Somebody else changed it first: Mine, Everyone." in html.unescape(late.content.decode())
    second.post(f"{address}/save/", {"query": f"view={view.pk}&rule=&sort=name", "version": 1})
    view.refresh_from_db()
    assert (view.name, view.version, view.params) == ("Mine", 2, {"sort": "-name"})
    again = second.post(f"{address}/", {"name": "Late", "share": "everyone", "version": 2})
    assert (again.status_code, View.objects.get().name) == (302, "Late")


@pytest.mark.django_db(transaction=True)
def test_a_default_that_is_set_at_once_by_four_is_one(bern: Customer, rep: User, sign_in: SignIn) -> None:
    save(sign_in(rep))
    clients, barrier, answers = [sign_in(rep) for _ in range(4)], threading.Barrier(4), []

    def send(client: Client) -> None:
        barrier.wait()
        answers.append(
            client.post(f"/lists/contacts-customer/views/{View.objects.get().pk}/default/").status_code
        )
        connections.close_all()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (answers, DefaultView.objects.count()) == ([302] * 4, 1)


def test_a_private_view_is_nobody_elses(bern: Customer, rep: User, manager: User, sign_in: SignIn) -> None:
    save(sign_in(rep))
    view = View.objects.get()
    other = sign_in(manager)
    assert "In Bern" not in other.get("/customers/").content.decode()
    assert other.get(f"/customers/?view={view.pk}").context["state"].view is None
    for verb in ("save", "delete", "pin", "default", ""):
        address = f"/lists/contacts-customer/views/{view.pk}/{verb}/".replace("//", "/")
        assert other.post(address, {"name": "Mine", "share": "private"}).status_code == 404
    view.refresh_from_db()
    assert (view.name, view.deleted_at) == ("In Bern", None)


def test_a_team_view_is_for_the_team_and_those_below(
    bern: Customer, rep: User, agent: User, manager: User, sign_in: SignIn
) -> None:
    team = rep.teams.get()
    assert save(sign_in(rep), share="team", team=team.pk).status_code == 302
    view = View.objects.get()
    assert sign_in(rep).get(f"/customers/?view={view.pk}").context["state"].view == view
    assert sign_in(agent).get(f"/customers/?view={view.pk}").context["state"].view is None
    foreign = agent.teams.get()
    assert save(sign_in(rep), "Foreign", share="team", team=foreign.pk).status_code == 422
    view.team = team.parent
    view.save()
    assert sign_in(agent).get(f"/customers/?view={view.pk}").context["state"].view == view


def test_sharing_needs_the_right_to(bern: Customer, narrow: User, sign_in: SignIn) -> None:
    assert save(sign_in(narrow), share="everyone").status_code == 422
    assert not View.objects.exists()


def test_a_shared_view_shows_no_column_that_one_may_not_see(
    bern: Customer, rep: User, narrow: User, sign_in: SignIn
) -> None:
    rule = json.dumps({"field": "lifetime_value", "op": "empty"})
    save(
        sign_in(rep),
        share="everyone",
        query=f"rule={rule}&columns=name,lifetime_value,city&sort=-lifetime_value",
    )
    view = View.objects.get()
    customer_create(actor=narrow, values={"name": "Mine", "kind": "person"})
    page = sign_in(narrow).get(f"/customers/?view={view.pk}")
    assert [column.field.key for column in page.context["state"].columns] == ["name", "city"]
    assert page.context["rows"] == []
    assert "may not see it" in page.content.decode()


def test_a_rule_with_a_vanished_field_shows_nothing_and_says_so(
    bern: Customer, rep: User, sign_in: SignIn
) -> None:
    save(sign_in(rep))
    View.objects.update(rule={"not": {"field": "custom.gone", "op": "is", "value": "x"}})
    page = sign_in(rep).get(f"/customers/?view={View.objects.get().pk}")
    assert page.context["rows"] == []
    assert "custom.gone" in page.content.decode()


def test_the_list_opens_with_ones_own_view_else_that_of_the_role(
    bern: Customer, rep: User, admin: User, sign_in: SignIn
) -> None:
    save(sign_in(admin), "For reps", share="everyone")
    view = View.objects.get()
    view_set_roles(actor=admin, view=view, roles=[Role.objects.get(key="sales-rep")])
    client = sign_in(rep)
    assert client.get("/customers/").context["state"].view == view
    assert client.get("/customers/?kind=person").context["state"].view is None
    assert client.get("/customers/?view=all").context["state"].view is None
    save(client, "Own")
    own = View.objects.get(name="Own")
    client.post(f"/lists/contacts-customer/views/{own.pk}/default/")
    assert client.get("/customers/").context["state"].view == own
    assert DefaultView.objects.count() == 2


def test_a_deleted_view_comes_back(bern: Customer, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    save(client)
    view = View.objects.get()
    client.post(f"/lists/contacts-customer/views/{view.pk}/delete/")
    assert client.get(f"/customers/?view={view.pk}").context["state"].view is None
    client.post(f"/lists/contacts-customer/views/{view.pk}/restore/")
    assert client.get(f"/customers/?view={view.pk}").context["state"].view == view


def test_pinned_views_stand_as_tabs(bern: Customer, rep: User, manager: User, sign_in: SignIn) -> None:
    save(sign_in(rep), share="everyone")
    view, client = View.objects.get(), sign_in(manager)
    assert [tab.label for tab in client.get("/customers/").context["tabs"]["shown"]] == ["All"]
    client.post(f"/lists/contacts-customer/views/{view.pk}/pin/")
    assert [tab.label for tab in client.get("/customers/").context["tabs"]["shown"]] == ["All", "In Bern"]


def test_columns_are_arranged_for_oneself(bern: Customer, rep: User, manager: User, sign_in: SignIn) -> None:
    client, address = sign_in(rep), "/lists/contacts-customer/columns/"
    client.post(
        address, {"columns": json.dumps([["city", 5000], ["password", 100], ["name", 200]]), "query": ""}
    )
    columns = client.get("/customers/").context["state"].columns
    assert [(column.field.key, column.width) for column in columns] == [("name", 200), ("city", 640)]
    assert len(sign_in(manager).get("/customers/").context["state"].columns) > 2
    client.post(address, {"reset": "1", "query": ""})
    assert not Arrangement.objects.exists()


@pytest.mark.parametrize(
    "columns", ["{", "[[[[", "[1,2]", '[["name"]]', '[[{"a":1},2]]', "null", "x" * 9_000]
)
def test_columns_that_cannot_be_read_are_none(columns: str, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    assert (
        client.post("/lists/contacts-customer/columns/", {"columns": columns, "query": ""}).status_code == 302
    )
    assert client.get("/customers/").status_code == 200


def test_the_count_of_a_rule_and_its_words(bern: Customer, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    answer = client.get("/lists/contacts-customer/rule/count/", {"rule": RULE}).json()
    assert answer == {"reading": 'City is "Bern"', "count": "1 customer", "is_exact": True}
    wrong = json.dumps({"all": [json.loads(RULE), {"field": "nothing", "op": "is"}]})
    answer = client.get("/lists/contacts-customer/rule/count/", {"rule": wrong}).json()
    assert [fault["place"] for fault in answer["problems"]] == [[1]]


def test_why_a_record_is_in(bern: Customer, rep: User, narrow: User, sign_in: SignIn) -> None:
    address = f"/lists/contacts-customer/records/{bern.pk}/why/?rule={RULE}"
    assert "holds: Bern" in sign_in(rep).get(address).content.decode()
    assert sign_in(narrow).get(address).status_code == 404


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"field": "region", "op": "is", "value": "X"}, True),
        ({"related": "orders", "op": "some"}, False),
    ],
)
def test_only_of_a_field_it_is_said_that_it_holds_nothing(
    rule: dict[str, Any], said: bool, bern: Customer, rep: User, sign_in: SignIn
) -> None:
    address = f"/lists/contacts-customer/records/{bern.pk}/why/"
    page = sign_in(rep).get(address, {"rule": json.dumps(rule)}).content.decode()
    assert ("holds nothing" in page) is said


@pytest.mark.parametrize("kind", ["contacts-customer", "contacts-task", "sales-order"])
def test_the_builder_offers_what_the_reader_may_know(
    kind: str, customer: Customer, rep: User, narrow: User, outsider: User, sign_in: SignIn
) -> None:
    assert "RFM group" in sign_in(rep).get(f"/lists/{kind}/rule/").content.decode()
    assert "RFM group" not in sign_in(narrow).get(f"/lists/{kind}/rule/").content.decode()
    for part in ("rule/", "rule/count/", "catalogue/", "options/owner/", "columns/", "views/new/"):
        assert sign_in(outsider).get(f"/lists/{kind}/{part}").status_code == 403


def test_options_are_found_by_typing_and_named_by_key(
    customer: Customer, rep: User, narrow: User, sign_in: SignIn
) -> None:
    address = "/lists/contacts-task/options/customer/"
    assert sign_in(rep).get(address, {"q": "ada"}).json() == {
        "options": [[str(customer.pk), "Ada Lindqvist"]]
    }
    assert sign_in(rep).get(address, {"key": customer.pk}).json() == {
        "options": [[str(customer.pk), "Ada Lindqvist"]]
    }
    assert sign_in(narrow).get(address, {"q": "ada"}).json() == {"options": []}
    assert sign_in(narrow).get(address, {"key": customer.pk}).json() == {"options": []}


def test_a_view_sent_twice_is_one(bern: Customer, rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    for _attempt in range(2):
        assert save(client, submission="one").status_code == 302
    assert View.objects.count() == 1
