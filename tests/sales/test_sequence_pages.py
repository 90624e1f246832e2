"""The pages of sequences: written with its steps, read with numbers that open their lists, enrolling from a page."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Customer
from crm.bulk.actions import list_actions
from crm.records.kinds import kinds
from crm.staff.models import User
from sales.choices import StepKind
from sales.models import Enrolment, Sequence, SequenceStep
from sales.services.enrolment import sequence_enrol
from sales.services.sequence import StepRow, sequence_create, steps_of

SignIn = Callable[[User], Client]
LIST_BUDGET, RECORD_BUDGET = 12, 15


@pytest.fixture
def sequence(rep: User) -> Sequence:
    steps = [StepRow(StepKind.MAIL, "Hello", "Shall we talk?"), StepRow(StepKind.CALL, "Call", wait_days=2)]
    return sequence_create(actor=rep, values={"name": "Roasters"}, steps=steps)


def form(*rows: dict[str, str], **more: str) -> dict[str, str]:
    data = {"name": "Roasters", "purpose": "", "daily_limit": "50", "is_on": "on", **more}
    data |= {"steps-TOTAL_FORMS": str(len(rows)), "steps-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        data |= {f"steps-{place}-{name}": value for name, value in row.items()}
    return data


MAIL = {"position": "0", "kind": "mail", "title": "Hello", "text": "Shall we talk?", "wait_days": ""}
CALL = {"position": "1", "kind": "call", "title": "Call", "wait_days": "2"}


def test_a_sequence_is_written_with_its_steps(rep: User, sign_in: SignIn) -> None:
    answer = sign_in(rep).post("/sequences/new/", form(MAIL, CALL))
    sequence = Sequence.objects.get()
    assert answer.headers["Location"] == f"/sequences/{sequence.pk}/"
    assert [(step.kind, step.wait_days) for step in steps_of(sequence)] == [("mail", 0), ("call", 2)]


def test_what_is_wrong_is_told_and_nothing_is_written(rep: User, sign_in: SignIn) -> None:
    answer = sign_in(rep).post("/sequences/new/", form({**MAIL, "text": "{{ customer.secret }}"}))
    assert answer.status_code == 422
    assert "There is no field customer.secret" in answer.content.decode()
    assert not Sequence.objects.exists()


def test_a_row_that_was_taken_out_and_one_that_moved(rep: User, sequence: Sequence, sign_in: SignIn) -> None:
    mail, call = steps_of(sequence)
    first = {**CALL, "pk": str(call.pk), "position": "0"}
    data = form({}, {**first}, {**MAIL, "position": "1", "text": "Another"}, version="1")
    sign_in(rep).post(f"/sequences/{sequence.pk}/edit/", data)
    assert [step.title for step in steps_of(sequence)] == ["Call", "Hello"]
    assert SequenceStep.objects.get(pk=mail.pk).deleted_at is not None


def test_a_stale_form_is_shown_again(rep: User, sequence: Sequence, sign_in: SignIn) -> None:
    Sequence.objects.update(version=2, name="Changed meanwhile")
    answer = sign_in(rep).post(f"/sequences/{sequence.pk}/edit/", form(MAIL, version="1"))
    assert answer.status_code == 409
    assert Sequence.objects.get().name == "Changed meanwhile"


def test_somebody_elses_sequence_is_not_edited(agent: User, sequence: Sequence, sign_in: SignIn) -> None:
    answer = sign_in(agent).post(f"/sequences/{sequence.pk}/edit/", form(MAIL, version="1"))
    assert answer.status_code == 403
    assert len(steps_of(sequence)) == 2


@pytest.mark.parametrize(
    ("path", "budget"), [("", LIST_BUDGET), ("{pk}/", RECORD_BUDGET), ("enrolments/", LIST_BUDGET)]
)
def test_the_pages_are_read_in_few_questions(
    rep: User, sequence: Sequence, customer: Customer, sign_in: SignIn, path: str, budget: int
) -> None:
    sequence_enrol(actor=rep, sequence=sequence, customer=customer)
    client, address = sign_in(rep), f"/sequences/{path.format(pk=sequence.pk)}"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    assert len(asked) <= budget, len(asked)


def test_a_number_opens_who_it_counts(
    rep: User, sequence: Sequence, customer: Customer, sign_in: SignIn
) -> None:
    enrolment = sequence_enrol(actor=rep, sequence=sequence, customer=customer)
    step = steps_of(sequence)[0]
    client, address = sign_in(rep), f"/sequences/enrolments/?sequence={sequence.pk}&step={step.pk}&run="
    assert "Ada Lindqvist" not in client.get(address + "sent").content.decode()
    enrolment.runs.create(step=step, state="sent")
    assert "Ada Lindqvist" in client.get(address + "sent").content.decode()
    assert "Ada Lindqvist" not in client.get(address + "answered").content.decode()


def test_a_customer_is_enrolled_from_their_page_once(
    rep: User, sequence: Sequence, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    assert f"/sequences/enrol/{customer.pk}/" in client.get(f"/customers/{customer.pk}/").content.decode()
    data = {"sequence": str(sequence.pk), "address": "ada@lindqvist.example", "submission": "k"}
    for _click in range(2):
        client.post(f"/sequences/enrol/{customer.pk}/", data)
    assert Enrolment.objects.get().customer == customer
    assert "Roasters" in client.get(f"/customers/{customer.pk}/").content.decode()


def test_the_panel_pauses_and_stops(
    rep: User, sequence: Sequence, customer: Customer, sign_in: SignIn
) -> None:
    enrolment = sequence_enrol(actor=rep, sequence=sequence, customer=customer)
    client = sign_in(rep)
    for verb, state in (("pause", "paused"), ("resume", "active"), ("stop", "stopped")):
        client.post(f"/sequences/enrolments/{enrolment.pk}/{verb}/")
        assert Enrolment.objects.get().state == state


def test_many_are_enrolled_at_once_and_taken_out_again(
    rep: User, sequence: Sequence, customer: Customer
) -> None:
    action, kind, params = list_actions()["enrol"], kinds()["contacts.customer"], {"sequence": sequence.pk}
    before = action.apply(actor=rep, kind=kind, rows=[customer], params=params)
    assert Enrolment.objects.get().state == "active"
    assert action.apply(actor=rep, kind=kind, rows=[customer], params=params) == {}
    assert action.undo(actor=rep, kind=kind, before=before, params=params) == {customer.pk}
    assert Enrolment.objects.get().state == "stopped"
