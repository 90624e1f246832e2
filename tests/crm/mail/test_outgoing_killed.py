"""A worker killed at any moment sends nothing twice and loses nothing silently."""

import random
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.jobs.models import Job
from crm.jobs.services import sweep
from crm.mail.choices import OutgoingState
from crm.mail.models import OutgoingMail
from crm.mail.services import mail_enqueue
from crm.mail.services.sending import outgoing_sweep
from tests.crm.mail.smtp_sink import TAKEN, kill, smtp_sink, start_worker, wait_until

MAILS = 100


def write_mails(count: int) -> None:
    for number in range(count):
        mail_enqueue(
            to=f"person{number}@lindqvist.example",
            subject=f"Mail {number}",
            text="Hello",
            kind="test",
            key=f"test:{number}",
        )


def take_up_again() -> None:
    """What the clock does in two minutes and in eleven."""
    Job.objects.filter(state="running").update(heartbeat_at=timezone.now() - timedelta(hours=1))
    OutgoingMail.objects.filter(state="sending").update(claimed_at=timezone.now() - timedelta(hours=1))
    sweep()
    outgoing_sweep()


def states(*names: str) -> set[str]:
    return set(OutgoingMail.objects.filter(state__in=names).values_list("message_id", flat=True))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_three_times_nothing_is_doubled_and_nothing_lost_in_silence(settings: object) -> None:
    settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    with smtp_sink() as (sink, port):

        def answer(_count: int) -> str:
            time.sleep(random.uniform(0, 0.02))
            return TAKEN

        sink.answer = answer
        write_mails(MAILS)
        for _round in range(3):
            before = len(sink.taken)
            worker = start_worker(port)
            wait_until(lambda before=before: len(sink.taken) > before)  # type: ignore[misc]
            time.sleep(random.uniform(0, 0.3))
            kill(worker)
            take_up_again()
        worker = start_worker(port)
        wait_until(lambda: not states("pending", "sending"))
        kill(worker)
    assert sink.doubled == []
    assert states("sent") <= set(sink.taken) <= states("sent", "unknown")
    assert len(states("sent", "unknown")) == MAILS
    assert len(states("unknown")) <= 3


NAIVE = """
import django
django.setup()
from crm.mail.models import OutgoingMail
from crm.mail.services.sending import message_of
from crm.mail.transport import deliver
for mail in OutgoingMail.objects.filter(state="pending").order_by("pk"):
    deliver(message_of(mail))
    OutgoingMail.objects.filter(pk=mail.pk).update(state="sent")
"""
OURS = """
import django
django.setup()
from crm.mail.models import OutgoingMail
from crm.mail.services.sending import outgoing_send
for pk in OutgoingMail.objects.filter(state="pending").order_by("pk").values_list("pk", flat=True):
    outgoing_send(pk)
"""


def doubled_after_a_kill(code: str) -> list[str]:
    """Three mails; the worker dies the moment the server has the second one; another worker goes on."""
    write_mails(3)
    with smtp_sink() as (sink, port):
        workers = [start_worker(port, code)]

        def answer(count: int) -> str:
            if count == 1:
                kill(workers[0])
            return TAKEN

        sink.answer = answer
        workers[0].wait(60)
        wait_until(lambda: len(sink.taken) == 2)
        take_up_again()
        sink.answer = lambda _count: TAKEN
        start_worker(port, code).wait(60)
        return sink.doubled


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_was_handed_over_is_not_sent_again() -> None:
    assert doubled_after_a_kill(OURS) == []
    assert sorted(OutgoingMail.objects.order_by("pk").values_list("state", flat=True)) == [
        OutgoingState.SENT,
        OutgoingState.SENT,
        OutgoingState.UNKNOWN,
    ]


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_it_would_be() -> None:
    """The twin: sent first, written down afterwards."""
    assert len(doubled_after_a_kill(NAIVE)) == 1
