"""A worker killed at any moment: each action once, nothing lost."""

import random
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Task
from contacts.services.bulk import customers_edit
from crm.automation.models import ActionRun, AutomationRun, Event, WebhookDelivery
from crm.automation.services.clock import tick
from crm.jobs.models import Job
from crm.jobs.services import sweep
from crm.mail.models import OutgoingMail
from crm.staff.models import User
from tests.crm.automation.making import TASK, automation, tag, work
from tests.crm.automation.test_exactly_once import customers
from tests.crm.mail.smtp_sink import kill, start_worker, wait_until

MANY = 300
MAIL = {"to": "owner", "subject": "{{ record.name }} moved", "text": "To {{ record.city }}"}
HOOK = {"url": "https://hook.example/", "fields_sent": ["record.name"]}

WORKER = """
import django, time
django.setup()
from crm.automation.services import running
running.SIZES = (20, 20, 20, 20, 20, 20, 20, 20, 20)
from crm.automation.services.expanding import events_expand
while True:
    if not (running.runs_execute() or events_expand()):
        time.sleep(0.01)
"""


def take_up_again() -> None:
    """What the clock does some minutes later."""
    Job.objects.filter(state="running").update(heartbeat_at=timezone.now() - timedelta(hours=1))
    AutomationRun.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
    sweep(), tick()


def done() -> int:
    return AutomationRun.objects.filter(state="done").count()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_random_moments_each_action_is_done_once(manager: User, rep: User) -> None:
    actions = [TASK, tag("seen"), {"action": "mail", "params": MAIL}, {"action": "webhook", "params": HOOK}]
    automation(manager, "changed", *actions, trigger={"fields": ["city"]})
    customers_edit(actor=rep, rows=customers(rep, MANY), values={"city": "Bern"})
    for _round in range(5):
        before = ActionRun.objects.count()
        worker = start_worker(0, WORKER)
        wait_until(lambda before=before: ActionRun.objects.count() > before or done() == MANY)  # type: ignore[misc]
        time.sleep(random.uniform(0, 0.3))
        kill(worker)
        take_up_again()
    worker = start_worker(0, WORKER)
    wait_until(lambda: done() == MANY)
    kill(worker)
    work()  # what its own writes told
    assert Event.objects.count() == 0
    assert ActionRun.objects.count() == MANY * len(actions)
    assert Task.objects.count() == Task.objects.values("customer").distinct().count() == MANY
    assert OutgoingMail.objects.filter(kind="automation").count() == MANY
    assert WebhookDelivery.objects.count() == MANY
