"""What it would have done is what it then does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contacts.models import Customer, Task
from contacts.services.customer import customer_create, customer_edit
from contacts.services.engagement import task_create
from crm.automation.dry_run import dry_run
from crm.automation.models import Automation
from crm.automation.services.clock import tick
from crm.company.selectors import company_day
from crm.records.kinds import Kind, kinds
from crm.staff.models import User
from tests.crm.automation.making import CUSTOMER, TASK, automation, rule, work


def kind(key: str = CUSTOMER) -> Kind:
    return kinds()[key]


def story(rep: User) -> None:
    """Two customers, three changes of the city, one of the street."""
    ada = customer_create(actor=rep, values={"name": "Ada", "kind": "person"})
    ben = customer_create(actor=rep, values={"name": "Ben", "kind": "person"})
    for customer, values in (
        (ada, {"city": "Biel"}),
        (ada, {"city": "Bern"}),
        (ben, {"city": "Biel"}),
        (ben, {"street": "1"}),
    ):
        customer.refresh_from_db()
        customer_edit(actor=rep, customer=customer, values=values, version=customer.version)


CASES = [
    ("created", {}, {}),
    ("changed", {}, {}),
    ("changed", {"fields": ["city"]}, {}),
    ("changed", {"fields": ["city"]}, rule("city", "is", "Bern")),
]


@pytest.mark.parametrize(("cause", "trigger", "asked"), CASES)
def test_the_dry_run_equals_what_then_runs(
    cause: str, trigger: dict[str, Any], asked: dict[str, Any], manager: User, rep: User
) -> None:
    made = automation(manager, cause, TASK, trigger=trigger, rule=asked)
    story(rep)
    work()
    found = dry_run(kind(), manager, cause, trigger, asked)
    runs = list(made.runs.values_list("object_id", flat=True))
    assert found.problem == ""
    assert (found.count, found.records) == (len(runs), len(set(runs)))
    assert sorted(row.pk for row in found.rows) == sorted(runs)


def test_a_date_is_reckoned_over_thirty_days(manager: User, rep: User, customer: Customer) -> None:
    for days in (-40, -29, -10, 0, 1):
        due = company_day() + timedelta(days=days)
        task_create(actor=rep, values={"title": f"{days}", "customer": customer, "due_on": due})
    found = dry_run(kind("contacts.task"), manager, "date", {"field": "due_on", "days": 0, "hour": 7}, {})
    assert sorted(row.name for row in found.rows) == ["-10", "-29", "0"]


def test_a_schedule_tells_what_matches_today_and_that_runs(manager: User, rep: User) -> None:
    story(rep)
    trigger, asked = {"every": "day", "hour": 7, "again": False}, rule("city", "is", "Bern")
    found = dry_run(kind(), manager, "schedule", trigger, asked)
    made = automation(manager, "schedule", TASK, trigger=trigger, rule=asked)
    Automation.objects.filter(pk=made.pk).update(next_at=timezone.now())
    tick(), work()
    assert found.is_first
    assert found.count == made.runs.count() == 1
    assert "Which matched on earlier days is not kept" in found.notes[0]


OLDER = """
INSERT INTO audit_auditentry (at, actor_id, action, object_type, object_id, before, after, ip)
SELECT at - interval '31 days', actor_id, action, object_type, object_id, before, after, ip FROM audit_auditentry
"""


def test_only_the_last_thirty_days_count(manager: User, rep: User) -> None:
    story(rep)
    with connection.cursor() as cursor:
        cursor.execute(OLDER)
    assert dry_run(kind(), manager, "created", {}, {}).count == 2


def test_what_one_may_not_see_is_not_counted(manager: User, narrow: User, rep: User) -> None:
    story(rep)
    assert dry_run(kind(), narrow, "created", {}, {}).count == 0


def test_a_rule_that_cannot_be_asked_says_so(manager: User) -> None:
    found = dry_run(kind(), manager, "created", {}, rule("nothing", "is", "x"))
    assert 'There is no field "nothing" any more' in found.problem


def test_it_writes_nothing(manager: User, rep: User, unchanged: Callable[[], None]) -> None:
    story(rep)
    unchanged()
    dry_run(kind(), manager, "changed", {}, {})
    unchanged()
    assert Task.objects.count() == 0
