"""Sequences: written, prospects enrolled, steps carried out once, and what ends them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from contacts.models import Consent, ContactPoint, Customer, EmailMessage, Interaction, Task
from contacts.services.customer import customer_create, customer_delete
from contacts.services.engagement import consent_create, task_complete, task_create, task_delete
from contacts.services.interaction import interaction_create
from crm.calendars.models import BusinessCalendar
from crm.company.models import Company
from crm.company.selectors import company_day
from crm.mail.models import MailAccount, MailThread, OutgoingMail
from crm.records.errors import StaleRecord
from crm.staff.models import User
from sales.choices import StepKind
from sales.models import Deal, Enrolment, LossReason, Sequence, SequenceStep, StepRun
from sales.sequence_listeners import arrived
from sales.sequence_selectors import step_results, tallies
from sales.services.deal_stage import deal_lose, deal_win
from sales.services.enrolment import (
    enrolment_pause,
    enrolment_resume,
    enrolment_skip,
    enrolment_stop,
    sequence_enrol,
)
from sales.services.sequence import StepRow, sequence_create, sequence_delete, sequence_edit, steps_of
from sales.services.sequence_run import sequences_run

FIRST = StepRow(StepKind.MAIL, "Beans for {{ customer.name }}", "Dear {{ customer.name }}, shall we talk?")
CALL = StepRow(StepKind.CALL, "Call {{ customer.name }}", wait_days=2)
LAST = StepRow(StepKind.MAIL, "", "Did you get my mail?", wait_days=3, is_answer=True)


@pytest.fixture(autouse=True)
def _always_open(company: Company) -> None:
    """The tests run at any time."""
    BusinessCalendar.objects.create(
        name="Always", time_zone="Europe/Berlin", is_default=True, week=[[[0, 24 * 60]]] * 7
    )


@pytest.fixture
def sequence(rep: User) -> Sequence:
    return sequence_create(actor=rep, values={"name": "Roasters"}, steps=[FIRST, CALL, LAST])


@pytest.fixture
def enrolment(rep: User, sequence: Sequence, customer: Customer) -> Enrolment:
    return sequence_enrol(actor=rep, sequence=sequence, customer=customer)


def again(enrolment: Enrolment) -> Enrolment:
    return Enrolment.objects.select_related("step", "customer").get(pk=enrolment.pk)


def run(enrolment: Enrolment) -> Enrolment:
    """The clock comes round when its next step is due."""
    Enrolment.objects.filter(pk=enrolment.pk, due_at__isnull=False).update(due_at=timezone.now())
    sequences_run()
    return again(enrolment)


def answer(customer: Customer, **values: Any) -> None:
    """A mail of the customer is stored on their record."""
    values = {"happened_at": timezone.now(), **values}
    message = EmailMessage.objects.create(direction="in", sender="ada@lindqvist.example", **values)
    entry = Interaction.objects.create(
        customer=customer, kind="email", direction="in", summary="Re", email=message, team=customer.team
    )
    arrived(message, [entry])


def test_the_first_mail_goes_out_in_the_name_of_who_enrolled(rep: User, enrolment: Enrolment) -> None:
    now = run(enrolment)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject, mail.actor) == ("ada@lindqvist.example", "Beans for Ada Lindqvist", rep)
    assert mail.text.startswith("Dear Ada Lindqvist")
    assert (str(now.step), now.state) == ("Call …", "active")
    assert now.due_at is not None
    assert now.due_at > timezone.now() + timedelta(days=1)


def test_a_mail_of_a_sequence_stands_on_the_timeline(enrolment: Enrolment) -> None:
    run(enrolment)
    assert Interaction.objects.get(kind="email").summary == "Beans for Ada Lindqvist"


def test_what_is_not_due_waits(enrolment: Enrolment) -> None:
    Enrolment.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert sequences_run() == 0
    assert not OutgoingMail.objects.exists()


def test_a_call_waits_on_the_list_until_it_is_done(rep: User, enrolment: Enrolment) -> None:
    run(enrolment)
    waiting = run(enrolment)
    task = Task.objects.get()
    assert (task.kind, task.title, task.owner, task.customer) == (
        "call",
        "Call Ada Lindqvist",
        rep,
        enrolment.customer,
    )
    assert (waiting.due_at, waiting.state) == (None, "active")
    task_complete(actor=rep, task=task)
    assert again(enrolment).step == steps_of(enrolment.sequence)[2]


def test_a_call_that_is_deleted_is_skipped(rep: User, enrolment: Enrolment) -> None:
    run(run(enrolment))
    task_delete(actor=rep, task=Task.objects.get())
    assert StepRun.objects.get(task__isnull=False).state == "skipped"
    assert again(enrolment).due_at is not None


def test_an_answering_mail_takes_over_the_subject_and_ends_the_sequence(
    rep: User, enrolment: Enrolment
) -> None:
    run(run(enrolment))
    task_complete(actor=rep, task=Task.objects.get())
    now = run(enrolment)
    assert OutgoingMail.objects.latest("pk").subject == "Re: Beans for Ada Lindqvist"
    assert (now.state, now.step, now.due_at) == ("finished", None, None)


def test_an_answer_ends_it_and_counts_for_the_step_before(rep: User, enrolment: Enrolment) -> None:
    run(enrolment)
    answer(enrolment.customer)
    assert run(enrolment).state == "answered"
    assert OutgoingMail.objects.count() == 1
    first = step_results(rep, enrolment.sequence, steps_of(enrolment.sequence))[0]
    assert (first.done, first.answered, first.rate) == (1, 1, 1.0)


def test_an_answer_to_the_last_mail_still_counts(rep: User, enrolment: Enrolment) -> None:
    Enrolment.objects.update(state="finished", ended_at=timezone.now(), due_at=None, step=None)
    answer(enrolment.customer)
    assert again(enrolment).state == "answered"


def test_a_notice_of_absence_is_no_answer(enrolment: Enrolment) -> None:
    run(enrolment)
    answer(enrolment.customer, is_automatic=True)
    assert again(enrolment).state == "active"


def test_a_mail_that_came_back_ends_it(enrolment: Enrolment) -> None:
    run(enrolment)
    OutgoingMail.objects.update(state="bounced")
    answer(enrolment.customer, is_bounce=True)
    assert again(enrolment).state == "bounced"
    assert StepRun.objects.get().bounced_at is not None


def test_a_call_of_theirs_is_an_answer(rep: User, enrolment: Enrolment) -> None:
    values = {"kind": "call", "direction": "in", "summary": "They called"}
    interaction_create(actor=rep, customer=enrolment.customer, values=values)
    assert again(enrolment).state == "answered"


def test_a_meeting_ends_it(rep: User, enrolment: Enrolment) -> None:
    starts_at = timezone.now() + timedelta(days=1)
    values = {"kind": "meeting", "title": "Tasting", "customer": enrolment.customer, "starts_at": starts_at}
    task_create(actor=rep, values=values)
    assert again(enrolment).state == "meeting"


def test_who_wishes_no_mails_gets_none(manager: User, enrolment: Enrolment) -> None:
    Consent.objects.create(
        customer=enrolment.customer, purpose="marketing", channel="email", is_given=False, source="phone"
    )
    assert run(enrolment).state == "paused"
    assert not OutgoingMail.objects.exists()


def test_a_withdrawn_consent_ends_it(agent: User, admin: User, enrolment: Enrolment) -> None:
    values = {"purpose": "marketing", "channel": "email", "is_given": False, "source": "phone"}
    consent_create(actor=admin, customer=enrolment.customer, values=values)
    assert again(enrolment).state == "stopped"


def test_a_deleted_customer_gets_nothing(rep: User, enrolment: Enrolment) -> None:
    customer_delete(actor=rep, customer=enrolment.customer)
    assert again(enrolment).state == "stopped"


def test_a_lost_deal_ends_what_was_about_it(
    rep: User, sequence: Sequence, customer: Customer, make_deal: Callable[..., Deal]
) -> None:
    deal = make_deal(rep, customer)
    enrolment = sequence_enrol(actor=rep, sequence=sequence, customer=customer, deal=deal)
    deal_lose(actor=rep, deal=deal, reason=LossReason.objects.create(name="Price"))
    assert (again(enrolment).state, again(enrolment).reason) == ("stopped", "The deal was lost.")


def test_a_text_that_lacks_something_pauses_and_says_what(rep: User, customer: Customer) -> None:
    row = StepRow(StepKind.MAIL, "Hello", "About {{ deal.name }}")
    lacking = sequence_create(actor=rep, values={"name": "Deals"}, steps=[row])
    now = run(sequence_enrol(actor=rep, sequence=lacking, customer=customer))
    assert now.state == "paused"
    assert "Nothing is known for" in now.reason
    assert not OutgoingMail.objects.exists()


def test_taken_up_again_it_goes_on_where_it_stopped(rep: User, enrolment: Enrolment) -> None:
    enrolment_pause(actor=rep, enrolment=enrolment)
    assert run(enrolment).state == "paused"
    assert enrolment_resume(actor=rep, enrolment=enrolment).state == "active"
    run(enrolment)
    assert OutgoingMail.objects.count() == 1


def test_a_skipped_step_is_not_carried_out(rep: User, enrolment: Enrolment) -> None:
    now = enrolment_skip(actor=rep, enrolment=enrolment)
    assert now.step == steps_of(enrolment.sequence)[1]
    run(enrolment)
    assert not OutgoingMail.objects.exists()


def test_a_customer_is_in_one_sequence_at_a_time(rep: User, enrolment: Enrolment) -> None:
    other = sequence_create(actor=rep, values={"name": "Others"}, steps=[FIRST])
    with pytest.raises(ValidationError, match="in a sequence already: Roasters"):
        sequence_enrol(actor=rep, sequence=other, customer=enrolment.customer)
    enrolment_stop(actor=rep, enrolment=enrolment)
    assert sequence_enrol(actor=rep, sequence=other, customer=enrolment.customer).state == "active"


def test_without_an_address_nobody_is_enrolled(rep: User, sequence: Sequence) -> None:
    nameless = customer_create(actor=rep, values={"name": "No Mail", "kind": "person"})
    with pytest.raises(ValidationError, match="has no e-mail address"):
        sequence_enrol(actor=rep, sequence=sequence, customer=nameless)
    assert not Enrolment.objects.exists()


def test_an_address_that_came_back_is_not_written_to(
    rep: User, sequence: Sequence, customer: Customer
) -> None:
    ContactPoint.objects.update(is_bounced=True)
    with pytest.raises(ValidationError, match="came back"):
        sequence_enrol(actor=rep, sequence=sequence, customer=customer)


def test_the_daily_limit_of_a_sender_moves_the_rest_to_the_next_day(rep: User, customer: Customer) -> None:
    few = sequence_create(actor=rep, values={"name": "Few", "daily_limit": 1}, steps=[FIRST])
    other = customer_create(actor=rep, values={"name": "Bo", "kind": "person"}, email="bo@bo.example")
    for who in (customer, other):
        sequence_enrol(actor=rep, sequence=few, customer=who)
    Enrolment.objects.update(due_at=timezone.now())
    sequences_run()
    assert OutgoingMail.objects.count() == 1
    waiting = Enrolment.objects.get(state="active")
    assert waiting.due_at is not None
    assert waiting.due_at > timezone.now()


def test_switched_off_nothing_goes_out(rep: User, enrolment: Enrolment) -> None:
    sequence = enrolment.sequence
    sequence_edit(actor=rep, sequence=sequence, values={"is_on": False}, version=sequence.version)
    assert run(enrolment).state == "active"
    assert not OutgoingMail.objects.exists()


def test_who_is_at_a_step_that_goes_comes_to_the_next(rep: User, enrolment: Enrolment) -> None:
    run(run(enrolment))
    sequence, steps = enrolment.sequence, steps_of(enrolment.sequence)
    rows = [StepRow.of(steps[0]), StepRow.of(steps[2])]
    sequence_edit(actor=rep, sequence=sequence, values={}, steps=rows, version=sequence.version)
    now = again(enrolment)
    assert now.step == steps[2]
    assert now.due_at is not None


def test_steps_that_nobody_changed_write_nothing(rep: User, sequence: Sequence) -> None:
    rows = [StepRow.of(step) for step in steps_of(sequence)]
    sequence_edit(actor=rep, sequence=sequence, values={}, steps=rows, version=sequence.version)
    assert Sequence.objects.get().version == 1


def test_a_stale_edit_changes_nothing(rep: User, sequence: Sequence) -> None:
    sequence_edit(actor=rep, sequence=sequence, values={"name": "New"}, version=1)
    with pytest.raises(StaleRecord):
        sequence_edit(
            actor=rep, sequence=Sequence.objects.get(), values={"name": "Old"}, steps=[FIRST], version=1
        )
    assert SequenceStep.objects.filter(deleted_at=None).count() == 3


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "needs a step"),
        ([LAST], "Step 1: there is no mail before it"),
        ([FIRST, StepRow(StepKind.CALL, "")], "Step 2: say what is to be done"),
        ([StepRow(StepKind.MAIL, "Hello", " ")], "Step 1: the mail has no text"),
        ([StepRow(StepKind.MAIL, "Hello", "{{ customer.secret }}")], "There is no field customer.secret"),
    ],
)
def test_steps_that_cannot_be_are_refused(rep: User, rows: list[StepRow], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        sequence_create(actor=rep, values={"name": "Wrong"}, steps=rows)
    assert not Sequence.objects.exists()


def test_a_deleted_sequence_stops_whoever_is_inside(rep: User, enrolment: Enrolment) -> None:
    sequence_delete(actor=rep, sequence=enrolment.sequence)
    assert again(enrolment).state == "stopped"


def test_who_left_writes_to_nobody(rep: User, enrolment: Enrolment) -> None:
    User.objects.filter(pk=rep.pk).update(is_active=False)
    now = run(enrolment)
    assert (now.state, OutgoingMail.objects.count()) == ("paused", 0)
    assert "has left" in now.reason


def test_who_takes_it_up_from_somebody_who_left_writes(
    rep: User, manager: User, enrolment: Enrolment
) -> None:
    User.objects.filter(pk=rep.pk).update(is_active=False)
    run(enrolment)
    enrolment_resume(actor=manager, enrolment=again(enrolment))
    run(enrolment)
    assert OutgoingMail.objects.get().actor == manager


def test_who_may_not_see_the_customer_enrols_nobody(
    narrow: User, sequence: Sequence, customer: Customer
) -> None:
    with pytest.raises((PermissionDenied, Http404)):
        sequence_enrol(actor=narrow, sequence=sequence, customer=customer)
    assert not Enrolment.objects.exists()


def test_an_outsider_stops_nothing(outsider: User, enrolment: Enrolment) -> None:
    with pytest.raises((PermissionDenied, Http404)):
        enrolment_stop(actor=outsider, enrolment=enrolment)
    assert again(enrolment).state == "active"


def test_numbers_are_of_the_customers_one_may_see(narrow: User, rep: User, enrolment: Enrolment) -> None:
    assert tallies(rep, [enrolment.sequence])[enrolment.sequence_id].enrolled == 1
    assert tallies(narrow, [enrolment.sequence])[enrolment.sequence_id].enrolled == 0


def test_a_prospect_whose_clock_is_slow_has_answered(enrolment: Enrolment) -> None:
    run(enrolment)
    answer(enrolment.customer, happened_at=timezone.now() - timedelta(hours=3))
    assert again(enrolment).state == "answered"


def test_a_mail_in_its_conversation_is_an_answer_whatever_its_date(enrolment: Enrolment) -> None:
    run(enrolment)
    thread = conversation()
    EmailMessage.objects.update(thread=thread)
    answer(enrolment.customer, happened_at=timezone.now() - timedelta(days=900), thread=thread)
    assert again(enrolment).state == "answered"


def conversation() -> MailThread:
    values = {"imap_host": "127.0.0.1", "since_on": company_day()}
    account = MailAccount.objects.create(name="Sales", address="sales@fernholt.example", **values)
    return MailThread.objects.create(account=account)


def test_an_old_mail_that_is_read_only_now_is_no_answer(enrolment: Enrolment) -> None:
    answer(enrolment.customer, happened_at=timezone.now() - timedelta(days=30))
    assert again(enrolment).state == "active"


def test_marketing_taken_back_outweighs_another_purpose(
    rep: User, sequence: Sequence, customer: Customer
) -> None:
    for purpose, is_given in (("surveys", True), ("marketing", True), ("marketing", False)):
        Consent.objects.create(
            customer=customer, purpose=purpose, channel="email", is_given=is_given, source="phone"
        )
    with pytest.raises(ValidationError, match="does not wish"):
        sequence_enrol(actor=rep, sequence=sequence, customer=customer)


def test_who_bought_is_no_prospect(rep: User, enrolment: Enrolment, make_deal: Callable[..., Deal]) -> None:
    deal_win(actor=rep, deal=make_deal(rep, enrolment.customer))
    assert (again(enrolment).state, again(enrolment).reason) == ("stopped", "The deal was won.")


def test_a_mail_that_waits_is_not_sent_after_the_answer(enrolment: Enrolment) -> None:
    run(enrolment)
    answer(enrolment.customer)
    assert OutgoingMail.objects.get().state == "cancelled"


def test_the_last_mail_leaves_although_nothing_follows(rep: User, customer: Customer) -> None:
    short = sequence_create(actor=rep, values={"name": "Short"}, steps=[FIRST])
    assert run(sequence_enrol(actor=rep, sequence=short, customer=customer)).state == "finished"
    assert OutgoingMail.objects.get().state == "pending"


@pytest.mark.parametrize("state", ["failed", "cancelled", "unknown"])
def test_after_a_mail_that_did_not_arrive_somebody_is_asked(
    rep: User, enrolment: Enrolment, state: str
) -> None:
    run(enrolment)
    OutgoingMail.objects.update(state=state)
    assert run(enrolment).state == "paused"
    assert not Task.objects.exists()
    enrolment_resume(actor=rep, enrolment=again(enrolment))
    assert run(enrolment).state == "active"
    assert Task.objects.exists()


def test_an_address_that_bounced_meanwhile_is_not_written_to(enrolment: Enrolment) -> None:
    ContactPoint.objects.update(is_bounced=True)
    assert run(enrolment).state == "paused"
    assert not OutgoingMail.objects.exists()


def test_what_is_late_waits_until_the_business_opens(enrolment: Enrolment) -> None:
    never_now = [[] for _day in range(7)]
    tomorrow = (timezone.now() + timedelta(days=2)).weekday()
    never_now[tomorrow] = [[9 * 60, 17 * 60]]
    BusinessCalendar.objects.update(week=never_now)
    assert run(enrolment).state == "active"
    assert not OutgoingMail.objects.exists()


def test_a_step_that_came_twice_is_refused(rep: User, sequence: Sequence) -> None:
    rows = [StepRow.of(steps_of(sequence)[0])] * 2
    with pytest.raises(ValidationError, match="came twice"):
        sequence_edit(actor=rep, sequence=sequence, values={}, steps=rows, version=sequence.version)
    assert len(steps_of(sequence)) == 3
