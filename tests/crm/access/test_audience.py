"""Who may see a record, and why."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from contacts.models import Customer
from crm.access.audience import audience
from crm.access.models import Role
from crm.access.services import allowed
from crm.staff.models import User
from sales.models import Product

SignIn = Callable[[User], Client]


def told(customer: Customer) -> dict[str, tuple[str, list[str], list[str]]]:
    return {viewer.user.name: (viewer.why, viewer.roles, viewer.may) for viewer in audience(customer)}


def test_everybody_who_may_see_it_is_named_with_the_reason(
    customer: Customer, rep: User, agent: User, admin: User, narrow: User, outsider: User
) -> None:
    assert told(customer) == {
        "Rep": ("Owns it", ["Sales rep"], ["edit", "assign", "delete"]),
        "Admin": ("Sees all of them", ["Administrator"], ["edit", "assign", "delete"]),
        "Agent": ("Sees all of them", ["Support agent"], ["edit"]),
    }


def test_a_narrow_role_reaches_through_team_and_tree(
    customer: Customer, narrow: User, manager: User, root: Any
) -> None:
    role = narrow.roles.get()
    role.matrix["contacts.customer"] = {"view": "subteams"}
    role.save()
    assert "Narrow" not in told(customer)
    narrow.teams.set([root])
    assert told(customer)["Narrow"] == ("Is in a team above", ["Own only"], [])
    narrow.teams.set([customer.team])
    assert told(customer)["Narrow"][0] == "Is in its team"


def test_the_answer_agrees_with_the_gate(
    customer: Customer,
    rep: User,
    agent: User,
    marketer: User,
    manager: User,
    admin: User,
    narrow: User,
    outsider: User,
) -> None:
    named = set(told(customer))
    for someone in (rep, agent, marketer, manager, admin, narrow, outsider):
        user = User.objects.get(pk=someone.pk)
        assert (user.name in named) == allowed(user, "contacts.view_customer", customer)


def test_what_belongs_to_nobody_is_seen_by_role_alone(rep: User, outsider: User) -> None:
    product = Product.objects.create(code="b1", name="Beans")
    named = {viewer.user.name: viewer.why for viewer in audience(product)}
    assert named["Rep"] == "Sees all of them"
    assert "Outsider" not in named


def test_many_people_cost_no_more_queries(customer: Customer, django_assert_max_num_queries: Any) -> None:
    role = Role.objects.get(key="sales-rep")
    for number in range(30):
        User.objects.create(name=f"Person {number}", email=f"p{number}@tenure.example").roles.add(role)
    with django_assert_max_num_queries(6):
        assert len(audience(customer)) > 30


def test_the_page_is_for_those_who_see_the_record(
    customer: Customer, rep: User, narrow: User, sign_in: SignIn
) -> None:
    address = f"/lists/contacts-customer/records/{customer.pk}/audience/"
    assert "Owns it" in sign_in(rep).get(address).content.decode()
    assert sign_in(narrow).get(address).status_code == 404
