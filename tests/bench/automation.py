"""A thousand matching changes: noticed, planned, done and logged, against one UPDATE of as many rows.

The change itself is made before the clock starts; the outbox is there. Everything is rolled back.
"""

from typing import Any

from django.db import transaction

from contacts.models import Customer
from contacts.services.bulk import customers_edit
from crm.automation.models import ActionRun, AutomationRun
from crm.automation.services.expanding import events_expand
from crm.automation.services.running import runs_execute
from crm.automation.services.saving import automation_create, automation_switch
from crm.staff.models import User
from tests.bench.ledger import Ledger, median_seconds, seconds

MANY = 1_000
TARGET = 300
TASK = {"title": "Call {{ record.name }}", "notes": "", "due_in": 3, "to": "owner", "person": None}
CASES: dict[str, tuple[dict[str, Any], ...]] = {
    "set a field": ({"action": "set_field", "params": {"field": "region", "value": "Bench"}},),
    "tag": ({"action": "tag", "params": {"tag": "Bench"}},),
    "task": ({"action": "task", "params": TASK},),
}
RULE = {
    "all": [
        {"field": "city", "op": "is", "value": "Benchville"},
        {"field": "lifetime_value", "op": "gte", "value": 0},
    ]
}


def run(ledger: Ledger) -> None:
    actor = User.objects.get(email="all@bench.example")
    pks = list(
        Customer.objects.filter(value__lifetime_value__gte=0)
        .order_by("pk")
        .values_list("pk", flat=True)[:MANY]
    )
    rule = RULE if len(pks) == MANY else {"all": RULE["all"][:1]}
    if len(pks) < MANY:  # no value was reckoned in this company
        pks = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:MANY])
    basis = floor(pks)
    for name, actions in CASES.items():
        taken = handled(actor, pks, rule, list(actions))
        ledger.add(f"automation: 1,000 changes, {name} / one UPDATE of 1,000", taken, basis, TARGET)


def floor(pks: list[int]) -> float:
    """Seconds of one UPDATE, rolled back."""

    def update() -> None:
        with transaction.atomic():
            Customer.objects.filter(pk__in=pks).update(region="Floor")
            transaction.set_rollback(True)

    return median_seconds(update)


def handled(actor: User, pks: list[int], rule: dict[str, Any], actions: list[dict[str, Any]]) -> float:
    with transaction.atomic():
        values = {
            "name": "Bench",
            "kind": "contacts.customer",
            "cause": "changed",
            "trigger": {"fields": ["city"]},
        }
        made = automation_create(actor=actor, values={**values, "rule": rule, "actions": actions})
        automation_switch(actor=actor, automation=made, on=True)
        rows = list(Customer.objects.filter(pk__in=pks).select_for_update(of=("self",)).order_by("pk"))
        customers_edit(actor=actor, rows=rows, values={"city": "Benchville"})
        taken = seconds(work)
        done = AutomationRun.objects.filter(automation=made, state="done").count()
        logged = ActionRun.objects.filter(run__automation=made, state="done").count()
        if (done, logged) != (MANY, MANY * len(actions)):
            raise AssertionError(f"{done} runs and {logged} actions instead of {MANY}")
        transaction.set_rollback(True)
    return taken


def work() -> None:
    while runs_execute() or events_expand():
        pass
