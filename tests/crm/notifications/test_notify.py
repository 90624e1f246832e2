"""Telling one person one thing, as they wish and as far as they may see it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_delete, customer_edit
from crm.access.models import Role
from crm.notifications.kinds import FOLLOWED, MENTION
from crm.notifications.models import KindSetting, Notification
from crm.notifications.services import notify
from crm.staff.models import User

SignIn = Callable[[User], Client]


def tell(user: User, **values: Any) -> Notification | None:
    return notify(**{"user": user, "kind": MENTION, "text": "Mentioned you", "url": "/tasks/", **values})


def test_somebody_is_told(manager: User, rep: User, customer: Customer) -> None:
    row = tell(manager, actor=rep, obj=customer, detail="Call them")
    assert row is not None
    assert (row.user, row.actor, row.object_id, row.detail) == (manager, rep, customer.pk, "Call them")


def test_nobody_is_told_of_what_they_did_themselves(rep: User, unchanged: Callable[[], None]) -> None:
    unchanged()
    assert tell(rep, actor=rep) is None
    unchanged()


def test_nobody_is_told_of_a_record_they_may_not_see(
    outsider: User, rep: User, customer: Customer, unchanged: Callable[[], None]
) -> None:
    unchanged()
    assert tell(outsider, actor=rep, obj=customer) is None
    unchanged()


def test_nobody_is_told_of_a_deleted_record(manager: User, rep: User, customer: Customer) -> None:
    customer_delete(actor=rep, customer=customer)
    assert tell(manager, actor=rep, obj=customer) is None


def test_who_left_is_told_nothing(manager: User, rep: User) -> None:
    manager.is_active = False
    manager.save()
    assert tell(manager, actor=rep) is None


def test_who_wants_nothing_is_told_nothing(manager: User, rep: User) -> None:
    KindSetting.objects.create(user=manager, kind=MENTION, bell=False, mail="off")
    assert tell(manager, actor=rep) is None


def test_who_wants_mail_only_has_nothing_in_the_bell(manager: User, sign_in: SignIn) -> None:
    KindSetting.objects.create(user=manager, kind=MENTION, bell=False, mail="digest")
    assert tell(manager) is not None
    assert sign_in(manager).get("/notifications/count/").json() == {"unread": ""}


def test_an_undeclared_kind_is_a_fault_of_the_program(manager: User) -> None:
    with pytest.raises(LookupError):
        tell(manager, kind="gossip")


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "tasks/", ""])
def test_no_notification_leads_out_of_the_program(manager: User, url: str) -> None:
    with pytest.raises(ValueError):
        tell(manager, url=url)


def test_it_is_told_with_the_write_or_not_at_all(manager: User) -> None:
    with transaction.atomic():
        tell(manager)
        transaction.set_rollback(True)
    assert not Notification.objects.exists()


def test_several_of_one_group_within_minutes_are_one_line(manager: User, rep: User) -> None:
    first = tell(manager, kind=FOLLOWED, group="a", text="Edited: City")
    tell(manager, kind=FOLLOWED, group="a", text="Edited: Street", actor=rep)
    tell(manager, kind=FOLLOWED, group="b")
    row = Notification.objects.get(pk=first and first.pk)
    assert (row.count, row.text, row.actor) == (2, "Edited: Street", rep)
    assert Notification.objects.count() == 2


@pytest.mark.parametrize("change", ["read", "mailed", "old"])
def test_what_was_read_mailed_or_is_old_begins_a_new_line(manager: User, change: str) -> None:
    tell(manager, kind=FOLLOWED, group="a")
    now = timezone.now()
    values: dict[str, Any] = {
        "read": {"read_at": now},
        "mailed": {"mailed_at": now},
        "old": {"at": now - timedelta(minutes=11)},
    }[change]
    Notification.objects.update(**values)
    tell(manager, kind=FOLLOWED, group="a")
    assert Notification.objects.count() == 2


def own_customer(user: User) -> Customer:
    return customer_create(actor=user, values={"name": "Secret Person", "kind": "person"})


def test_who_lost_access_reads_no_name_any_more(
    narrow: User, admin: User, sign_in: SignIn, company: object
) -> None:
    customer = own_customer(narrow)
    tell(
        narrow,
        actor=admin,
        obj=customer,
        text="Mentioned you about Secret Person",
        detail="Secret",
        url="/customers/1/",
    )
    client = sign_in(narrow)
    for page in ("/notifications/", "/notifications/menu/"):
        assert b"Secret Person" in client.get(page).content
    customer_edit(
        actor=admin, customer=customer, values={"owner": admin, "team": admin.teams.get()}, version=1
    )
    for page in ("/notifications/", "/notifications/menu/"):
        html = client.get(page).content
        assert b"ecret" not in html
        assert admin.name.encode() not in html
        assert b"may no longer see" in html


def test_a_role_taken_away_hides_the_names_too(
    rep: User, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    tell(rep, actor=admin, obj=customer)
    client = sign_in(rep)
    assert b"Ada Lindqvist" in client.get("/notifications/").content
    Role.objects.get(key="sales-rep").users.remove(rep)
    assert b"Ada Lindqvist" not in client.get("/notifications/").content


def test_a_record_without_access_rules_is_never_shown(rep: User, admin: User) -> None:
    assert tell(rep, obj=admin) is None


def test_telling_costs_few_queries(
    manager: User, rep: User, customer: Customer, count_queries: Callable[[], Any]
) -> None:
    with count_queries() as counted:
        tell(manager, actor=rep, obj=customer, kind=FOLLOWED, group="x")
    assert len(counted) <= 9  # with two savepoints, the roles, the record, the choice, the bundle
