"""Changing what stands on the timeline: one's own notes, calls and meetings."""

from collections.abc import Callable

import pytest
from django.test import Client

from contacts.models import Customer, Interaction
from contacts.services.interaction import interaction_create
from crm.audit.models import AuditEntry
from crm.staff.models import User

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def call(rep: User, customer: Customer) -> Interaction:
    values = {"kind": "call", "summary": "Asked for samples", "body": "Two lots", "direction": "in"}
    return interaction_create(actor=rep, customer=customer, values={**values, "duration_minutes": 7})


def data(**changes: str) -> dict[str, str]:
    return {
        "version": "1",
        "body": "Asked for prices",
        "direction": "out",
        "duration_minutes": "9",
        **changes,
    }


def test_a_call_shows_its_direction_and_its_minutes(
    rep: User, call: Interaction, customer: Customer, sign_in: SignIn
) -> None:
    assert "Incoming · 7 minutes" in sign_in(rep).get(f"/customers/{customer.pk}/").content.decode()


def test_the_writer_changes_an_entry_in_its_place(rep: User, call: Interaction, sign_in: SignIn) -> None:
    client = sign_in(rep)
    editor = client.get(f"/interactions/{call.pk}/edit/", headers=HTMX)
    assert editor.context["form"]["body"].value() == "Asked for samples\nTwo lots"
    answer = client.post(f"/interactions/{call.pk}/edit/", data(), headers=HTMX)
    call.refresh_from_db()
    assert "Outgoing · 9 minutes" in answer.content.decode()
    assert (call.summary, call.body, call.version) == ("Asked for prices", "", 2)
    entry = AuditEntry.objects.get(action="contacts.interaction.edit")
    assert (entry.before["summary"], entry.after["summary"]) == ("Asked for samples", "Asked for prices")


def test_a_long_first_line_is_edited_whole(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client, text = sign_in(rep), "word " * 60 + "end"
    client.post(f"/customers/{customer.pk}/interactions/", {"kind": "note", "body": text}, headers=HTMX)
    note = Interaction.objects.get()
    editor = client.get(f"/interactions/{note.pk}/edit/", headers=HTMX)
    assert editor.context["form"]["body"].value() == text


def test_an_entry_is_deleted_and_comes_back_to_its_place(
    rep: User, call: Interaction, customer: Customer, sign_in: SignIn
) -> None:
    client, record = sign_in(rep), f"/customers/{customer.pk}/"
    answer = client.post(f"/interactions/{call.pk}/delete/", headers=HTMX)
    assert f"/interactions/{call.pk}/restore/" in answer.headers["HX-Trigger"]
    assert "Asked for samples" not in client.get(record).content.decode()
    assert client.get(f"/interactions/{call.pk}/edit/").status_code == 404
    back = client.post(f"/interactions/{call.pk}/restore/", headers=HTMX).content.decode()
    assert f'id="entry-call-{call.pk}"' in back
    assert "Asked for samples" in client.get(record).content.decode()


def test_only_the_writer_changes_an_entry_whoever_owns_the_customer(
    rep: User,
    agent: User,
    admin: User,
    customer: Customer,
    call: Interaction,
    sign_in: SignIn,
    unchanged: Callable[[], None],
) -> None:
    theirs = interaction_create(actor=agent, customer=customer, values={"kind": "note", "summary": "Theirs"})
    client = sign_in(rep)
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert f"/interactions/{call.pk}/edit/" in page
    assert f"/interactions/{theirs.pk}/edit/" not in page
    unchanged()
    assert client.post(f"/interactions/{theirs.pk}/edit/", data()).status_code == 403
    assert client.post(f"/interactions/{theirs.pk}/delete/").status_code == 403
    unchanged()
    assert sign_in(agent).post(f"/interactions/{theirs.pk}/edit/", data()).status_code == 302
    assert sign_in(admin).post(f"/interactions/{theirs.pk}/delete/").status_code == 302


def test_an_e_mail_stays_as_it_came(
    rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    mail = interaction_create(actor=rep, customer=customer, values={"kind": "email", "summary": "Offer"})
    client = sign_in(rep)
    unchanged()
    assert client.post(f"/interactions/{mail.pk}/edit/", data()).status_code == 403
    unchanged()


@pytest.mark.parametrize("changes", [{"body": ""}, {"version": ""}, {"duration_minutes": "-1"}])
def test_bad_input_is_answered_in_the_editor(
    changes: dict[str, str], rep: User, call: Interaction, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post(f"/interactions/{call.pk}/edit/", data(**changes), headers=HTMX)
    assert answer.status_code == 422
    unchanged()


def test_a_stale_edit_keeps_what_was_typed(rep: User, call: Interaction, sign_in: SignIn) -> None:
    Interaction.objects.update(summary="Meanwhile", version=2)
    answer = sign_in(rep).post(f"/interactions/{call.pk}/edit/", data(), headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Asked for prices" in page
    assert 'name="version" value="2"' in page
    assert Interaction.objects.get().summary == "Meanwhile"
