"""Circles, too many runs, owners who go or lose rights, fields that vanish, records out of sight."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from contacts.models import Customer, Task
from contacts.services.bulk import customers_edit
from contacts.services.customer import customer_create, customer_edit
from contacts.services.engagement import task_create
from crm.access.models import Role
from crm.automation.models import Automation, AutomationRun, Event
from crm.automation.services import expanding
from crm.automation.services.expanding import events_expand
from crm.automation.services.saving import (
    automation_confirm,
    automation_create,
    automation_edit,
    automation_switch,
)
from crm.fields.models import CustomField
from crm.notifications.models import Notification
from crm.staff.models import User
from tests.crm.automation.making import TASK, automation, rule, set_field, states, tag, work
from tests.crm.automation.test_exactly_once import customers

LEAD = {"fields": ["lead_status"]}


def edit(customer: Customer, actor: User, **values: object) -> None:
    customer.refresh_from_db()
    customer_edit(actor=actor, customer=customer, values=values, version=customer.version)


def told(user: User) -> list[str]:
    return list(
        Notification.objects.filter(user=user, kind="automation")
        .order_by("pk")
        .values_list("text", flat=True)
    )


# --- circles ---------------------------------------------------------------------------------------------------


def test_its_own_changes_do_not_wake_it(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", set_field("region", "BE"), TASK)
    edit(customer, rep, city="Bern")
    work()
    assert states(made) == ["done"]
    assert Task.objects.count() == 1


def test_a_circle_of_one_stops(manager: User, rep: User, customer: Customer) -> None:
    """A task makes a task makes a task."""
    made = automation(manager, "created", TASK, kind="contacts.task")
    task_create(actor=rep, values={"title": "First", "customer": customer})
    work()
    assert states(made) == ["done", "done", "circle"]
    assert Task.objects.count() == 3
    made.refresh_from_db()
    assert made.is_on


def test_a_circle_of_two_stops(manager: User, rep: User, customer: Customer) -> None:
    there = automation(
        manager,
        "changed",
        set_field("lead_status", "working"),
        trigger=LEAD,
        rule=rule("lead_status", "any_of", ["new"]),
    )
    back = automation(
        manager,
        "changed",
        set_field("lead_status", "new"),
        trigger=LEAD,
        rule=rule("lead_status", "any_of", ["working"]),
    )
    edit(customer, rep, lead_status="new")
    work()
    assert states(there) == ["done", "done", "circle"]
    assert states(back) == ["done", "done"]
    assert "Test → Test → Test → Test → Test" in AutomationRun.objects.get(state="circle").error


def test_repeated_circles_switch_it_off_and_its_owner_is_told(
    manager: User, rep: User, customer: Customer
) -> None:
    made = automation(manager, "created", TASK, kind="contacts.task", name="Endless")
    for number in range(3):
        task_create(actor=rep, values={"title": f"First {number}", "customer": customer})
    work()
    made.refresh_from_db()
    assert not made.is_on
    assert "circle" in made.stopped_reason
    assert told(manager) == [f"Switched off: Endless. {made.stopped_reason}"]


# --- too many --------------------------------------------------------------------------------------------------


def test_too_many_runs_wait_for_a_confirmation(manager: User, rep: User, settings: Any) -> None:
    settings.AUTOMATION_RUNS_PER_HOUR = 10
    made = automation(manager, "changed", TASK, trigger={"fields": ["city"]})
    customers_edit(actor=rep, rows=customers(rep, 11), values={"city": "Bern"})
    work()
    assert states(made) == ["held"] * 11
    assert len(told(manager)) == 1
    automation_confirm(actor=manager, automation=made, do_it=True)
    work()
    assert Task.objects.count() == 11


def test_too_many_runs_can_be_dropped(manager: User, rep: User, settings: Any) -> None:
    settings.AUTOMATION_RUNS_PER_HOUR = 10
    made = automation(manager, "changed", TASK, trigger={"fields": ["city"]})
    customers_edit(actor=rep, rows=customers(rep, 11), values={"city": "Bern"})
    work()
    automation_confirm(actor=manager, automation=made, do_it=False)
    work()
    assert Task.objects.count() == 0
    assert set(states(made)) == {"stopped"}


# --- owners ----------------------------------------------------------------------------------------------------


def test_an_owner_who_left_stops_it_and_the_administrators_are_told(
    manager: User, admin: User, rep: User, customer: Customer
) -> None:
    made = automation(manager, "changed", TASK)
    User.objects.filter(pk=manager.pk).update(is_active=False)
    edit(customer, rep, city="Bern")
    work()
    made.refresh_from_db()
    assert (made.is_on, Task.objects.count()) == (False, 0)
    assert "does not work here any more" in made.stopped_reason
    assert len(told(admin)) == 1


def test_an_owner_who_may_not_any_more_stops_it(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", TASK)
    manager.roles.set([Role.objects.get(key="sales-rep")])
    edit(customer, rep, city="Bern")
    work()
    made.refresh_from_db()
    assert "may not have automations any more" in made.stopped_reason
    assert states(made) == []


def test_rights_lost_between_the_change_and_the_work_stop_it(
    manager: User, rep: User, customer: Customer
) -> None:

    made = automation(manager, "changed", TASK)
    edit(customer, rep, city="Bern")
    events_expand()
    manager.roles.clear()
    work()
    assert states(made) == ["stopped"]
    assert Task.objects.count() == 0


def test_whoever_changes_what_it_does_becomes_its_owner(manager: User, admin: User) -> None:
    made = automation(admin, "changed", TASK)
    values = {"name": "Other", "actions": [tag("x")]}
    edited = automation_edit(actor=manager, automation=made, values=values, version=made.version)
    assert edited.owner == manager
    assert [row.number for row in edited.versions.all()] == [2, 1]


def test_a_new_name_alone_does_not_change_whose_it_is(manager: User, admin: User) -> None:
    made = automation(admin, "changed", TASK)
    edited = automation_edit(actor=manager, automation=made, values={"name": "Other"}, version=made.version)
    assert (edited.name, edited.owner) == ("Other", admin)


def test_whoever_may_not_has_none(rep: User, unchanged: Callable[[], None]) -> None:
    unchanged()
    with pytest.raises(PermissionDenied):
        automation_create(
            actor=rep,
            values={"name": "No", "kind": "contacts.customer", "cause": "changed", "actions": [TASK]},
        )
    unchanged()


# --- what vanishes, what is hidden ---------------------------------------------------------------------------------


def test_a_rule_on_a_vanished_field_stops_it_and_never_matches(
    manager: User, rep: User, customer: Customer
) -> None:
    size = CustomField.objects.create(kind="contacts.customer", key="size", label="Size", type="number")
    made = automation(manager, "changed", TASK, rule={"not": rule("custom.size", "gt", 5)})
    size.delete()
    edit(customer, rep, city="Bern")
    work()
    made.refresh_from_db()
    assert not made.is_on
    assert 'There is no field "custom.size" any more' in made.stopped_reason
    assert Task.objects.count() == 0
    with pytest.raises(ValidationError):
        automation_switch(actor=manager, automation=made, on=True)


def test_a_rule_that_the_database_cannot_ask_stops_that_one_alone(
    manager: User, rep: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = (
        automation(manager, "changed", tag("Broken")),
        automation(manager, "changed", tag("Sound")),
    )
    asked = expanding.matching_ids

    def ask(found: Automation, pks: set[int]) -> set[int]:
        if found.pk == broken.pk:
            Customer.objects.extra(where=["1 / 0 = 1"]).exists()
        return asked(found, pks)

    monkeypatch.setattr(expanding, "matching_ids", ask)
    edit(customer, rep, city="Bern")
    work()
    broken.refresh_from_db()
    assert (broken.is_on, broken.stopped_reason) == (False, "The database cannot ask its rule.")
    assert (states(broken), states(sound)) == ([], ["done"])


def test_an_action_on_a_vanished_field_stops_it(manager: User, rep: User, customer: Customer) -> None:
    size = CustomField.objects.create(kind="contacts.customer", key="size", label="Size", type="number")
    made = automation(manager, "changed", set_field("custom.size", 5), trigger={"fields": ["city"]})
    size.delete()
    edit(customer, rep, city="Bern")
    work()
    made.refresh_from_db()
    assert "custom.size" in made.stopped_reason


def test_records_that_the_owner_may_not_see_are_not_touched(manager: User, narrow: User, rep: User) -> None:
    Role.objects.get(key="own-only").users.add(manager)
    manager.roles.remove(*Role.objects.exclude(key="own-only"))
    role = Role.objects.get(key="own-only")
    role.matrix = role.matrix | {"automation.automation": {"view": "all", "create": "all", "edit": "all"}}
    role.save()
    manager = User.objects.get(pk=manager.pk)
    made = automation(manager, "created", tag("seen"))
    hidden = customer_create(actor=rep, values={"name": "Hidden", "kind": "person"})
    own = customer_create(actor=manager, values={"name": "Own", "kind": "person"})
    work()
    assert [run.object_id for run in made.runs.all()] == [own.pk]
    assert hidden.tags.count() == 0


def test_a_stopped_automation_is_deaf(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", TASK)
    Automation.objects.filter(pk=made.pk).update(is_on=False)
    edit(customer, rep, city="Bern")
    assert Event.objects.count() == 0


def test_what_waits_is_not_done_with_the_rights_of_whoever_takes_it_over(
    manager: User, admin: User, rep: User, customer: Customer
) -> None:
    made = automation(manager, "changed", TASK)
    edit(customer, rep, city="Bern")
    events_expand()
    made.refresh_from_db()
    automation_edit(actor=admin, automation=made, values={"actions": [tag("x")]}, version=made.version)
    work()
    assert states(made) == ["stopped"]
    assert Task.objects.count() == 0
