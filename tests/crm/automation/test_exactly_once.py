"""Twice, concurrently, in bulk and with one record that fails: each action once."""

import threading
from typing import Any

import pytest
from django.db import connection

from contacts.models import Customer, Task
from contacts.services.bulk import customers_edit
from contacts.services.customer import customer_edit
from crm.automation.models import ActionRun, AutomationRun
from crm.automation.services.expanding import events_expand
from crm.automation.services.running import runs_execute, step_apply
from crm.staff.models import User
from tests.crm.automation.making import TASK, automation, rule, set_field, states, tag, work

MANY = 1_000


def customers(rep: User, count: int) -> list[Customer]:
    team = rep.teams.get()
    return Customer.objects.bulk_create(
        [
            Customer(kind="person", name=f"Person {i}", sort_name=f"person {i}", owner=rep, team=team)
            for i in range(count)
        ]
    )


def test_a_thousand_changes_in_one_bulk(manager: User, rep: User, count_queries: Any) -> None:
    made = automation(manager, "changed", TASK, tag("bulk"), trigger={"fields": ["city"]})
    customers_edit(actor=rep, rows=customers(rep, MANY), values={"city": "Bern"})
    with count_queries() as asked:
        work()
    assert AutomationRun.objects.filter(automation=made, state="done").count() == MANY
    assert ActionRun.objects.count() == 2 * MANY
    assert Task.objects.count() == MANY
    assert len(asked.captured_queries) < 120


def test_rows_that_another_worker_did_are_not_done_again(
    manager: User, rep: User, customer: Customer
) -> None:
    made = automation(manager, "changed", TASK)
    customer_edit(actor=rep, customer=customer, values={"city": "Bern"}, version=customer.version)
    work()
    run = AutomationRun.objects.select_related("version").get(automation=made)
    step_apply(made, run.version, 0, [run.pk])
    AutomationRun.objects.update(state="waiting", step=1, claimed_at=None)
    work()
    assert Task.objects.count() == 1
    assert states(made) == ["done"]


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once(manager: User, rep: User) -> None:
    automation(manager, "changed", TASK, trigger={"fields": ["city"]})
    customers_edit(actor=rep, rows=customers(rep, 200), values={"city": "Bern"})

    def worker() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    assert Task.objects.count() == 200
    assert AutomationRun.objects.filter(state="done").count() == 200


def test_one_record_that_fails_keeps_no_other_back(manager: User, rep: User) -> None:
    """A task is for the person its customer belongs to; one customer's title makes the text too long to be rendered."""
    made = automation(
        manager,
        "changed",
        {"action": "task", "params": {**TASK["params"], "title": "{{ 10 | divided_by: record.name }}"}},
        trigger={"fields": ["city"]},
    )
    rows = customers(rep, 20)
    Customer.objects.update(name="10")
    Customer.objects.filter(pk=rows[7].pk).update(name="x")
    customers_edit(actor=rep, rows=rows, values={"city": "Bern"})
    work()
    assert sorted(set(states(made))) == ["done", "failed"]
    failed = AutomationRun.objects.get(state="failed")
    assert failed.object_id == rows[7].pk
    assert failed.steps.get().state == "failed"
    assert Task.objects.count() == 19


def test_a_record_that_kills_the_worker_is_given_up(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", TASK)
    customer_edit(actor=rep, customer=customer, values={"city": "Bern"}, version=customer.version)

    events_expand()
    AutomationRun.objects.update(attempts=3)
    runs_execute()
    assert states(made) == ["failed"]
    assert Task.objects.count() == 0


def test_what_failed_ends_the_run_and_what_came_before_stays(
    manager: User, rep: User, customer: Customer
) -> None:
    bad = {"action": "task", "params": {**TASK["params"], "title": "{{ 10 | divided_by: record.name }}"}}
    made = automation(manager, "changed", tag("before"), bad, tag("after"), trigger={"fields": ["city"]})
    customer_edit(actor=rep, customer=customer, values={"city": "Bern"}, version=customer.version)
    work()
    assert states(made) == ["failed"]
    assert [tag.name for tag in customer.tags.all()] == ["before"]


def test_a_record_that_holds_the_value_already_is_left_alone(
    manager: User, rep: User, customer: Customer
) -> None:
    made = automation(manager, "changed", set_field("region", "BE"), rule=rule("city", "is", "Bern"))
    customer_edit(
        actor=rep, customer=customer, values={"city": "Bern", "region": "BE"}, version=customer.version
    )
    work()
    assert made.runs.get().steps.get().state == "skipped"
