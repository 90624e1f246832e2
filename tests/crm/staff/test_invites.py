import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.mail.models import OutgoingMail
from crm.staff.invite_links import accept_path
from crm.staff.models import Invite, Team, User
from crm.staff.services.invites import InviteOver, invite_accept, invite_create
from tests.conftest import person

SignIn = Callable[[User], Client]
PASSWORD = "correct horse battery"
ACCOUNT = {"name": "Nia Okoro", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def invite(admin: User, root: Team) -> Invite:
    return invite_create(
        actor=admin,
        email="Nia@Tenure.example",
        name="Nia",
        teams=[root],
        roles=[Role.objects.get(key="sales-rep")],
        base_url="https://crm.example",
    )


def test_the_mail_carries_a_link_that_makes_the_account(admin: User, root: Team, sign_in: SignIn) -> None:
    role = Role.objects.get(key="sales-rep")
    data = {"email": "nia@tenure.example", "teams": [root.pk], "roles": [role.pk]}
    assert sign_in(admin).post("/settings/people/invite/", data).status_code == 302
    mail = OutgoingMail.objects.get(kind="invite")
    assert mail.to == "nia@tenure.example"
    link = re.search(r"http://testserver(/accounts/invite/\S+)", mail.text)
    assert link
    guest = Client()
    assert guest.get(link[1]).status_code == 200
    assert guest.post(link[1], ACCOUNT).status_code == 302
    user = User.objects.get(email="nia@tenure.example")
    assert (user.name, list(user.roles.all()), list(user.teams.all())) == ("Nia Okoro", [role], [root])
    assert "Set up two-step sign-in" in guest.get("/accounts/welcome/").content.decode()
    assert guest.get("/customers/").status_code == 200
    assert user.check_password(PASSWORD)


def test_opening_the_link_writes_nothing(invite: Invite, unchanged: Callable[[], None]) -> None:
    unchanged()
    Client().get(accept_path(invite))
    Client().head(accept_path(invite))
    unchanged()


def test_a_link_used_twice_makes_one_account(invite: Invite) -> None:
    Client().post(accept_path(invite), ACCOUNT)
    answer = Client().post(accept_path(invite), {**ACCOUNT, "name": "Somebody else"})
    assert answer.status_code == 410
    assert "was used" in answer.content.decode()
    assert User.objects.get(email=invite.email).name == "Nia Okoro"


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_once_makes_one_account(invite: Invite) -> None:
    barrier, refused = threading.Barrier(4), []

    def use(name: str) -> None:
        barrier.wait()
        try:
            invite_accept(invite=invite, nonce=invite.nonce, name=name, password=PASSWORD)
        except InviteOver as fault:
            refused.append(fault.reason)
        connections.close_all()

    threads = [threading.Thread(target=use, args=[f"Guest {place}"]) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["accepted"] * 3
    assert User.objects.filter(email=invite.email).count() == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "revoked"}, "was revoked"),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "has expired"),
        ({"nonce": "another"}, "newer link"),
    ],
)
def test_a_link_that_is_no_longer_good_says_why(
    values: dict[str, Any], words: str, invite: Invite, unchanged: Callable[[], None]
) -> None:
    link = accept_path(invite)
    Invite.objects.filter(pk=invite.pk).update(**values)
    unchanged()
    for answer in (Client().get(link), Client().post(link, ACCOUNT)):
        assert answer.status_code == 410
        assert words in answer.content.decode()
    unchanged()


def test_an_invitation_revoked_while_the_form_is_filled_in_makes_no_account(
    invite: Invite, unchanged: Callable[[], None]
) -> None:
    Invite.objects.filter(pk=invite.pk).update(state="revoked")
    unchanged()
    with pytest.raises(InviteOver, match="revoked"):
        invite_accept(invite=invite, nonce=invite.nonce, name="Late", password=PASSWORD)
    unchanged()


@pytest.mark.parametrize("token", ["x", "WzEsImEiXQ:1xyz:forged", "a" * 3000])
def test_a_forged_link_is_not_found(token: str, invite: Invite, unchanged: Callable[[], None]) -> None:
    unchanged()
    assert Client().get(f"/accounts/invite/{token}/").status_code == 404
    assert Client().post(f"/accounts/invite/{token}/", ACCOUNT).status_code == 404
    unchanged()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password": "short", "again": "short"}, "at least 10 characters"),
        ({"password": "password12", "again": "password12"}, "too common"),
        ({"again": "another one here"}, "differ"),
        ({"name": ""}, "required"),
        ({"name": "Nia\u202e"}, "invisible"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    changes: dict[str, str], words: str, invite: Invite, unchanged: Callable[[], None]
) -> None:
    unchanged()
    answer = Client().post(accept_path(invite), ACCOUNT | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    unchanged()


def test_sending_again_makes_the_first_link_worthless(invite: Invite, admin: User, sign_in: SignIn) -> None:
    first = accept_path(invite)
    Invite.objects.filter(pk=invite.pk).update(expires_at=timezone.now())
    sign_in(admin).post(f"/settings/people/invites/{invite.pk}/resend/")
    assert OutgoingMail.objects.filter(kind="invite").count() == 2
    assert Client().get(first).status_code == 410
    invite.refresh_from_db()
    assert Client().get(accept_path(invite)).status_code == 200


def test_a_revoked_invitation_cannot_be_sent_again(invite: Invite, admin: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    client.post(f"/settings/people/invites/{invite.pk}/revoke/")
    answer = client.post(f"/settings/people/invites/{invite.pk}/resend/", follow=True)
    assert "accepted or revoked already" in answer.content.decode()
    assert OutgoingMail.objects.filter(kind="invite").count() == 1
    assert AuditEntry.objects.filter(action="staff.invite.revoke").count() == 1


@pytest.mark.parametrize("state", ["active", "deactivated", "invited"])
def test_an_address_that_is_known_is_answered_clearly(
    state: str, invite: Invite, rep: User, admin: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    email, words = {
        "active": (rep.email.upper(), "works here already"),
        "deactivated": (rep.email, "was deactivated"),
        "invited": ("NIA@tenure.example", "is invited already"),
    }[state]
    User.objects.filter(pk=rep.pk).update(is_active=state != "deactivated")
    client = sign_in(admin)
    unchanged()
    answer = client.post("/settings/people/invite/", {"email": email})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    unchanged()


def test_a_form_sent_twice_invites_once(admin: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    data = {"email": "once@tenure.example", "submission": "the same"}
    assert [client.post("/settings/people/invite/", data).status_code for _ in range(2)] == [302, 302]
    assert (Invite.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_whoever_invites_gives_and_sees_no_more_than_they_hold(
    admin: User, root: Team, invite: Invite, sign_in: SignIn
) -> None:
    clerk = person("clerk", root)
    matrix = {"staff.user": {"view": "all", "create": "all"}}
    Role.objects.create(key="clerk", name="Clerk", matrix=matrix).users.add(clerk)
    client = sign_in(clerk)
    role = Role.objects.get(key="administrator")
    answer = client.post("/settings/people/invite/", {"email": "x@tenure.example", "roles": [role.pk]})
    assert answer.status_code == 422
    assert "no more than your own" in answer.content.decode()
    assert accept_path(invite) not in client.get("/settings/people/invites/").content.decode()
    assert accept_path(invite) in sign_in(admin).get("/settings/people/invites/").content.decode()
    refused = client.post(f"/settings/people/invites/{invite.pk}/resend/", follow=True)
    assert "no more than your own" in refused.content.decode()
