"""What wakes an automation."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from contacts.models import Customer, Task
from contacts.services.customer import customer_create, customer_delete, customer_edit
from contacts.services.engagement import task_complete, task_create
from crm.automation.clockwork import days_due, next_time
from crm.automation.models import Automation, AutomationRun, Event
from crm.automation.services.clock import tick
from crm.automation.services.saving import automation_switch
from crm.company.selectors import company_day
from crm.staff.models import User
from tests.crm.automation.making import TASK, automation, rule, states, tag, work

BERLIN = ZoneInfo("Europe/Berlin")


def edit(customer: Customer, actor: User, **values: object) -> Customer:
    customer.refresh_from_db()
    return customer_edit(actor=actor, customer=customer, values=values, version=customer.version)


def test_a_created_record_wakes_it(manager: User, rep: User) -> None:
    made = automation(manager, "created")
    customer = customer_create(actor=rep, values={"name": "Ada", "kind": "person"})
    work()
    task = Task.objects.get()
    assert (task.title, task.customer, task.owner) == ("Call", customer, rep)
    assert task.due_on == company_day() + timedelta(days=3)
    assert states(made) == ["done"]


def test_the_log_tells_each_action_and_the_version(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", tag("vip"), TASK)
    edit(customer, rep, city="Bern")
    work()
    run = AutomationRun.objects.get(automation=made)
    assert [(step.action, step.state, step.text) for step in run.steps.all()] == [
        ("tag", "done", "Tag vip added"),
        ("task", "done", "Task for Rep: Call"),
    ]
    assert (run.version.number, run.object_id) == (1, customer.pk)


def test_only_a_change_of_the_named_fields_wakes_it(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", TASK, trigger={"fields": ["city"]})
    edit(customer, rep, street="Kornhausplatz 1")
    work()
    assert states(made) == []
    edit(customer, rep, city="Bern")
    work()
    assert states(made) == ["done"]


def test_each_change_is_one_run(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", TASK)
    edit(customer, rep, city="Bern")
    edit(customer, rep, city="Biel")
    work()
    assert states(made) == ["done", "done"]


def test_a_deleted_record_wakes_it(manager: User, rep: User, customer: Customer) -> None:
    made = automation(
        manager,
        "deleted",
        {"action": "webhook", "params": {"url": "https://a.example/", "fields_sent": ["record.name"]}},
    )
    customer_delete(actor=rep, customer=customer)
    work()
    assert states(made) == ["done"]
    assert "Ada Lindqvist" in made.runs.get().deliveries.get().body


def test_an_event_wakes_it(manager: User, rep: User, customer: Customer) -> None:
    made = automation(
        manager, "event", TASK, kind="contacts.task", trigger={"action": "contacts.task.complete"}
    )
    task = task_create(actor=rep, values={"title": "First", "customer": customer})
    work()
    assert states(made) == []
    task_complete(actor=rep, task=task)
    work()
    assert states(made) == ["done"]
    assert Task.objects.filter(title="Call", customer=customer, done_at=None).count() == 1


def test_the_rule_decides(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", TASK, rule=rule("city", "is", "Bern"))
    edit(customer, rep, city="Biel")
    work()
    assert states(made) == []
    edit(customer, rep, city="Bern")
    work()
    assert states(made) == ["done"]


def test_what_happened_before_it_was_switched_on_does_not_count(
    manager: User, rep: User, customer: Customer
) -> None:
    first = automation(manager, "changed", tag("first"), trigger={"fields": ["city"]})
    edit(customer, rep, city="Bern")
    second = automation(manager, "changed", tag("second"), trigger={"fields": ["city"]})
    work()
    assert (states(first), states(second)) == (["done"], [])


def test_switched_off_nothing_is_written_and_what_waits_is_not_done(
    manager: User, rep: User, customer: Customer
) -> None:
    made = automation(manager, "changed", TASK)
    edit(customer, rep, city="Bern")
    automation_switch(actor=manager, automation=made, on=False)
    edit(customer, rep, city="Biel")
    work()
    assert Event.objects.count() == 0
    assert states(made) == []


def test_without_automations_a_write_costs_one_query_more(
    rep: User, customer: Customer, count_queries: Callable[..., object], settings: object
) -> None:
    with count_queries() as without:  # type: ignore[attr-defined]
        edit(customer, rep, city="Bern")
    asked = [query for query in without.captured_queries if "automation_" in query["sql"]]
    assert len(asked) == 1


# --- the clock ------------------------------------------------------------------------------------------------


def wake(made: Automation) -> None:
    Automation.objects.filter(pk=made.pk).update(next_at=timezone.now())
    tick(), work()


def test_a_schedule_takes_every_record_that_matches(manager: User, rep: User, customer: Customer) -> None:
    customer_create(actor=rep, values={"name": "Ben", "kind": "person", "city": "Bern"})
    made = automation(
        manager, "schedule", TASK, trigger={"every": "day", "hour": 7}, rule=rule("city", "is", "Bern")
    )
    assert made.next_at is not None
    wake(made)
    assert states(made) == ["done"]


def test_a_schedule_takes_a_record_again_only_when_it_matches_anew(
    manager: User, rep: User, customer: Customer
) -> None:
    made = automation(
        manager, "schedule", TASK, trigger={"every": "day", "hour": 7}, rule=rule("city", "is", "Bern")
    )
    edit(customer, rep, city="Bern")
    wake(made), wake(made)
    assert states(made) == ["done"]
    edit(customer, rep, city="Biel")
    wake(made)
    edit(customer, rep, city="Bern")
    wake(made)
    assert states(made) == ["done", "done"]


def test_a_schedule_that_repeats_takes_it_each_time(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "schedule", TASK, trigger={"every": "day", "hour": 7, "again": True})
    wake(made), wake(made)
    assert states(made) == ["done", "done"]


def test_a_date_wakes_it_days_before(manager: User, rep: User, customer: Customer) -> None:
    made = automation(
        manager, "date", TASK, kind="contacts.task", trigger={"field": "due_on", "days": -3, "hour": 7}
    )
    for title, days in (("early", 2), ("right", 3), ("late", 4)):
        due = company_day() + timedelta(days=days)
        task_create(actor=rep, values={"title": title, "customer": customer, "due_on": due})
    wake(made)
    assert states(made) == ["done"]
    assert Task.objects.get(pk=made.runs.get().object_id).title == "right"


def test_days_on_which_nobody_looked_are_made_up_for() -> None:
    today = date(2026, 11, 26)
    assert days_due(-3, date(2026, 11, 25), today) == (date(2026, 11, 29), date(2026, 11, 29))
    assert days_due(2, date(2026, 11, 23), today) == (date(2026, 11, 22), date(2026, 11, 24))
    assert days_due(0, date(2026, 1, 1), today) == (date(2026, 11, 20), today)
    assert days_due(0, None, today) == (today, today)


@pytest.mark.parametrize(
    ("trigger", "after", "expected"),
    [
        ({"every": "day", "hour": 7}, datetime(2026, 11, 26, 5, 59, tzinfo=UTC), datetime(2026, 11, 26, 6, tzinfo=UTC)),
        ({"every": "day", "hour": 7}, datetime(2026, 11, 26, 6, tzinfo=UTC), datetime(2026, 11, 27, 6, tzinfo=UTC)),
        ({"every": "day", "hour": 2}, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ({"every": "day", "hour": 7}, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)),
        ({"every": "week", "weekday": 0, "hour": 9}, datetime(2026, 11, 26, tzinfo=UTC),
         datetime(2026, 11, 30, 8, tzinfo=UTC)),
        ({"every": "month", "day": 31, "hour": 0}, datetime(2026, 2, 1, tzinfo=UTC),
         datetime(2026, 2, 27, 23, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_the_clock_is_that_of_the_company(
    trigger: dict[str, object], after: datetime, expected: datetime
) -> None:
    assert next_time(trigger, after, BERLIN) == expected


def test_the_clock_wakes_it_once(manager: User, customer: Customer) -> None:
    made = automation(manager, "schedule", TASK, trigger={"every": "day", "hour": 7, "again": True})
    Automation.objects.filter(pk=made.pk).update(next_at=timezone.now() - timedelta(days=3))
    tick(), tick()
    assert Event.objects.count() == 1
    made.refresh_from_db()
    assert made.next_at is not None
    assert made.next_at > timezone.now()
