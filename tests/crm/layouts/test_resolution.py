"""Which layout a reader gets, and that it never shows more than they may know."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.kinds import CUSTOMERS
from contacts.models import Customer
from crm.access.models import Role
from crm.fields.models import CustomField
from crm.layouts.arrangement import Arrangement, Group, Order
from crm.layouts.selectors import layout_for
from crm.layouts.services import layout_edit
from crm.records.kinds import Kind
from crm.staff.models import User
from tests.sample.machines import MACHINES
from tests.sample.models import Machine

SignIn = Callable[[User], Client]


def lay_out(admin: User, *groups: Group, kind: Kind = CUSTOMERS, role: str = "", **more: Any) -> None:
    found = Role.objects.get(key=role) if role else None
    layout_edit(actor=admin, kind=kind, role=found, arrangement=Arrangement(groups, **more), version=0)


def titles(user: User) -> list[str]:
    return [group.title for group in layout_for(CUSTOMERS, User.objects.get(pk=user.pk)).groups]


def shown(page: Any) -> list[tuple[str, list[str]]]:
    return [
        (str(group.title), [item.name for item in group.properties])
        for group in page.context["property_groups"]
    ]


def custom_field(**values: Any) -> CustomField:
    return CustomField.objects.create(
        kind="contacts.customer", key="size", label="Size", type="text", **values
    )


def test_without_a_layout_the_declaration_holds(rep: User, customer: Customer, sign_in: SignIn) -> None:
    page = sign_in(rep).get(f"/customers/{customer.pk}/")
    assert [title for title, _names in shown(page)] == ["", "Reach", "Address", "Working on it"]
    assert [tab["key"] for tab in page.context["tabs"]] == ["timeline", "tasks", "history"]


def test_the_first_role_in_order_of_name_decides_then_everybody_then_the_declaration(
    rep: User, admin: User, agent: User
) -> None:
    Role.objects.get(key="support-agent").users.add(rep)
    assert titles(rep) == ["", "Reach", "Address", "Working on it"]
    lay_out(admin, Group("All", ("name",)))
    assert titles(rep) == ["All"]
    lay_out(admin, Group("Agents", ("name",)), role="support-agent")
    assert titles(rep) == ["Agents"]
    lay_out(admin, Group("Reps", ("name",)), role="sales-rep")
    assert (titles(rep), titles(agent)) == (["Reps"], ["Agents"])
    Role.objects.filter(key="support-agent").update(name="Agents first")
    assert titles(rep) == ["Agents"]


def test_groups_tabs_and_panels_stand_as_they_were_arranged(
    rep: User, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    offer = layout_for(CUSTOMERS, admin)
    lay_out(
        admin,
        Group("Where", ("city", "reach", "country"), is_folded=True),
        Group("Worth", ("lifetime_value", "name")),
        hidden=("street", "owner"),
        tabs=Order(("tasks", "timeline"), ("history",)),
        panels=Order(("consent", "value"), tuple(set(offer.panels.shown) - {"consent", "value"})),
    )
    page = sign_in(rep).get(f"/customers/{customer.pk}/")
    found = shown(page)
    assert found[0] == ("Where", ["city", "email", "phone", "country"])
    assert found[1] == ("Worth", ["lifetime_value", "name"])
    assert found[2][0] == "More"
    assert not {"street", "owner", "churn_risk"} & set(found[2][1])
    assert {"team", "job_title"} <= set(found[2][1])
    assert [tab["key"] for tab in page.context["tabs"]] == ["tasks", "timeline"]
    assert page.context["tab"] == "tasks"
    assert [panel.key for panel in page.context["panels"]] == ["consent", "value"]
    assert "<details" in page.content.decode()
    peek = sign_in(rep).get(f"/customers/{customer.pk}/peek/")
    assert peek.context["properties"][0].name in ("city", "email")


def test_a_hidden_tab_is_not_opened_by_its_address(
    rep: User, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    lay_out(admin, tabs=Order(("timeline", "tasks"), ("history",)))
    page = sign_in(rep).get(f"/customers/{customer.pk}/?tab=history")
    assert page.context["tab"] == "timeline"


def test_a_layout_never_shows_what_the_reader_may_not_know(
    rep: User, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    lay_out(admin, Group("Worth", ("lifetime_value", "churn_risk", "city")))
    role = Role.objects.get(key="sales-rep")
    role.matrix.pop("analytics.value")
    role.save()
    page = sign_in(rep).get(f"/customers/{customer.pk}/")
    assert shown(page)[0] == ("Worth", ["city"])
    assert "value" not in [panel.key for panel in page.context["panels"]]


def test_a_custom_field_made_later_stands_under_more_unless_it_is_hidden(
    rep: User, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    lay_out(admin, Group("All", ("name",)))
    custom_field()
    page = sign_in(rep).get(f"/customers/{customer.pk}/")
    assert "custom-size" in dict(shown(page))["More"]
    lay_out(admin, Group("Reps", ("name",)), hidden=("custom.size",), role="sales-rep")
    page = sign_in(rep).get(f"/customers/{customer.pk}/")
    assert "custom-size" not in dict(shown(page))["More"]


def test_a_field_that_vanished_is_left_out_and_comes_back_with_it(
    rep: User, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    field = custom_field()
    lay_out(admin, Group("Mine", ("custom.size", "city")))
    CustomField.objects.filter(pk=field.pk).update(deleted_at="2026-01-01T00:00Z")
    page = sign_in(rep).get(f"/customers/{customer.pk}/")
    assert shown(page)[0] == ("Mine", ["city"])
    CustomField.objects.filter(pk=field.pk).update(deleted_at=None)
    page = sign_in(rep).get(f"/customers/{customer.pk}/")
    assert shown(page)[0] == ("Mine", ["custom-size", "city"])


def test_a_kind_by_declaration_has_a_layout_too(
    rep: User, admin: User, sales_team: Any, sign_in: SignIn
) -> None:
    everything = dict.fromkeys(("view", "create", "edit", "delete"), "all")
    Role.objects.create(key="keeper", name="Keeper", matrix={"sample.machine": everything}).users.add(rep)
    made = Machine.objects.create(name="Linea", state="here", owner=rep, team=sales_team)
    page = sign_in(rep).get(f"/sample/machines/{made.pk}/")
    assert shown(page) == [("", ["name", "state", "customer", "price", "bought_on", "owner"])]
    lay_out(admin, Group("What", ("state", "name")), kind=MACHINES, hidden=("owner",), role="keeper")
    page = sign_in(rep).get(f"/sample/machines/{made.pk}/")
    assert shown(page) == [("What", ["state", "name"]), ("More", ["customer", "price", "bought_on"])]
    peek = sign_in(rep).get(f"/sample/machines/{made.pk}/peek/")
    assert [item.name for item in peek.context["properties"]] == ["state", "name"]


@pytest.mark.parametrize("address", ["/customers/{}/", "/customers/{}/peek/"])
def test_a_layout_costs_one_query(
    address: str, rep: User, admin: User, customer: Customer, sign_in: SignIn, count_queries: Any
) -> None:
    lay_out(admin, Group("All", ("name", "city")), role="sales-rep")
    client = sign_in(rep)
    client.get(address.format(customer.pk))
    with count_queries() as queries:
        client.get(address.format(customer.pk))
    assert len([query for query in queries if "layouts_recordlayout" in query["sql"]]) == 1
