"""With which view a list opens: one's own choice, that of one's role, and who may choose it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.lists.defaults import defaults
from crm.lists.models import DefaultView, View
from crm.staff.models import User

SignIn = Callable[[User], Client]
KIND = "contacts.customer"


def view_of(owner: User, share: str = "everyone", **more: Any) -> View:
    return View.objects.create(kind=KIND, name="Best ones", owner=owner, share=share, **more)


def roles_of(view: View) -> str:
    return f"/lists/contacts-customer/views/{view.pk}/roles/"


def role(key: str) -> Role:
    return Role.objects.get(key=key)


def test_an_administrator_chooses_the_roles_whose_list_opens_with_a_view(
    admin: User, rep: User, agent: User, sign_in: SignIn
) -> None:
    view, client = view_of(admin), sign_in(admin)
    assert "Sales rep" in client.get(roles_of(view)).content.decode()
    chosen = [role("sales-rep").pk, role("marketer").pk]
    assert client.post(roles_of(view), {"roles": chosen}).status_code == 302
    assert sign_in(rep).get("/customers/").context["state"].view == view
    assert sign_in(agent).get("/customers/").context["state"].view is None
    assert "Default for Marketer, Sales rep" in client.get(f"/customers/?view={view.pk}").content.decode()
    entry = AuditEntry.objects.get(action="lists.view.default")
    assert (entry.before, entry.after) == ({"roles": []}, {"roles": ["Marketer", "Sales rep"]})
    client.post(roles_of(view), {"roles": [role("marketer").pk]})
    assert sign_in(rep).get("/customers/").context["state"].view is None


def test_another_view_takes_the_place_of_the_default_before(admin: User, rep: User, sign_in: SignIn) -> None:
    first, second, client = view_of(admin), view_of(admin), sign_in(admin)
    for view in (first, second):
        client.post(roles_of(view), {"roles": [role("sales-rep").pk]})
    assert DefaultView.objects.get().view == second
    assert sign_in(rep).get("/customers/").context["state"].view == second


@pytest.mark.parametrize("share", ["private", "team"])
def test_a_view_that_not_everyone_sees_is_shared_first(
    share: str, admin: User, rep: User, sign_in: SignIn
) -> None:
    view = view_of(admin, share, team=admin.teams.get() if share == "team" else None)
    client, chosen = sign_in(admin), {"roles": [role("sales-rep").pk]}
    answer = client.post(roles_of(view), chosen)
    assert answer.status_code == 422
    assert "Share it with everyone." in answer.context["form"].errors["share"][0]
    assert not DefaultView.objects.exists()
    assert client.post(roles_of(view), {**chosen, "share": "on"}).status_code == 302
    view.refresh_from_db()
    assert (view.share, view.team) == ("everyone", None)
    assert sign_in(rep).get("/customers/").context["state"].view == view


def test_the_default_of_a_role_stays_shared(admin: User, sign_in: SignIn) -> None:
    view, client = view_of(admin), sign_in(admin)
    client.post(roles_of(view), {"roles": [role("sales-rep").pk]})
    address = f"/lists/contacts-customer/views/{view.pk}/"
    assert "Default for Sales rep" in client.get(address).content.decode()
    answer = client.post(address, {"name": "Mine alone", "share": "private"})
    assert answer.status_code == 422
    assert "The list opens with it for Sales rep." in answer.content.decode()
    view.refresh_from_db()
    assert (view.name, view.share) == ("Best ones", "everyone")
    assert client.post(address, {"name": "Very best", "share": "everyone"}).status_code == 302


def test_only_who_rules_accounts_chooses_for_roles(
    manager: User, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    view = view_of(rep)
    clients = [sign_in(user) for user in (rep, manager)]
    unchanged()
    for client in clients:
        assert client.get(roles_of(view)).status_code == 403
        assert client.post(roles_of(view), {"roles": [role("sales-rep").pk]}).status_code == 403
        assert "Make this the default" not in client.get(f"/customers/?view={view.pk}").content.decode()
    unchanged()


def test_what_is_no_role_is_refused(admin: User, sign_in: SignIn, unchanged: Callable[[], None]) -> None:
    view, client = view_of(admin), sign_in(admin)
    unchanged()
    for wrong in ("0", "x", "999999"):
        assert client.post(roles_of(view), {"roles": [wrong]}).status_code == 422
    unchanged()


def test_ones_own_default_is_said_and_taken_back(admin: User, rep: User, sign_in: SignIn) -> None:
    own, of_role = view_of(rep, "private"), view_of(admin)
    of_role.name = "For reps"
    of_role.save()
    sign_in(admin).post(roles_of(of_role), {"roles": [role("sales-rep").pk]})
    client, address = sign_in(rep), f"/lists/contacts-customer/views/{own.pk}/default/"
    client.post(address)
    page = client.get("/customers/")
    assert page.context["state"].view == own
    assert "Default for you" in page.content.decode()
    answer = client.post(address, {"clear": "1"}, follow=True)
    assert "The list opens with For reps." in answer.content.decode()
    assert client.get("/customers/").context["state"].view == of_role


def test_nobody_reads_what_opens_the_list_for_roles_of_others(
    admin: User, agent: User, sign_in: SignIn
) -> None:
    view = view_of(admin)
    sign_in(admin).post(roles_of(view), {"roles": [role("sales-rep").pk, role("support-agent").pk]})
    assert defaults(agent, KIND)[view.pk].roles == ["Support agent"]
