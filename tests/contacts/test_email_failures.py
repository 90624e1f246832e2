"""Mails that did not arrive, were taken back, or could not be written as they were."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.test import Client

from contacts.email_texts import quoted
from contacts.models import Customer, EmailMessage
from contacts.services.customer import customer_create
from contacts.services.email import email_send, email_send_again, email_take_back
from contacts.services.email_templates import template_create, template_delete, template_restore
from crm.mail.choices import OutgoingState
from crm.mail.models import OutgoingMail
from crm.mail.services import outgoing_retry
from crm.mail.services.outgoing import MailFile
from crm.mail.services.receiving import mail_read
from crm.mail.services.sending import settle
from crm.notifications.models import Notification
from crm.staff.models import Team, User
from tests.conftest import person
from tests.contacts.test_email_matching import ADA, mailbox, receive
from tests.contacts.test_email_trust import bounce

SENT = {"to": ADA, "subject": "s", "text": "t", "key": "k"}


@pytest.fixture
def ada(rep: User) -> Customer:
    values = {"kind": "person", "name": "Ada Lindqvist", "owner": rep}
    return customer_create(actor=rep, values=values, email=ADA)


def send(actor: User, customer: Customer, **more: Any) -> EmailMessage:
    return email_send(actor=actor, customer=customer, **(SENT | more))


def test_the_writer_is_told_that_a_mail_came_back(rep: User, ada: Customer) -> None:
    message = send(rep, ada)
    OutgoingMail.objects.update(state=OutgoingState.SENT)
    mail_read(bounce(message.message_id, f"Final-Recipient: rfc822; {ADA}\r\nAction: failed").pk)
    told = Notification.objects.get(kind="email_failed")
    assert (told.user, told.url) == (rep, f"/emails/{message.pk}/")


def test_the_writer_is_told_that_a_mail_failed(rep: User, ada: Customer) -> None:
    send(rep, ada)
    OutgoingMail.objects.update(state=OutgoingState.SENDING)
    settle(OutgoingMail.objects.get(), OutgoingState.FAILED, "550 no such user")
    assert Notification.objects.get(kind="email_failed").user == rep


def test_what_was_taken_back_is_sent_by_nobody(rep: User, admin: User, ada: Customer) -> None:
    message = send(rep, ada)
    email_take_back(actor=rep, message=message)
    with pytest.raises(ValidationError):
        outgoing_retry(actor=admin, mail=OutgoingMail.objects.get())
    with pytest.raises(Http404):
        email_send_again(actor=rep, message=message)
    assert OutgoingMail.objects.get().state == OutgoingState.CANCELLED


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("message/delivery-status", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("foo", "application/octet-stream"),
        ("text/html; charset=x", "application/octet-stream"),
        ("Application/PDF", "application/pdf"),
    ],
)
def test_any_file_can_go_with_a_mail(rep: User, ada: Customer, named: str, kept: str) -> None:
    send(rep, ada, files=[MailFile("mail/x", "a.eml", named)])
    assert [file["type"] for file in OutgoingMail.objects.get().files] == [kept]


def test_braces_in_what_is_quoted_are_no_gaps(rep: User, ada: Customer, client: Client) -> None:
    receive(mailbox(), text="In our template {{ name }} stays empty, and a[[0]] too. Why?")
    asked = EmailMessage.objects.get()
    text = "Because.\n" + quoted(asked.text, "Ada wrote:")
    data = {"to": [ADA], "subject": "Re", "text": text, "reply": asked.pk, "submission": "f"}
    client.force_login(rep, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(f"/customers/{ada.pk}/email/", data, headers={"HX-Request": "true"})
    assert (answer.status_code, OutgoingMail.objects.count()) == (200, 1)


@pytest.mark.parametrize("text", ["[[First name]]", "{{ customer.name }}", "x" * 50_001])
def test_no_door_sends_what_is_left_open_or_too_long(rep: User, ada: Customer, text: str) -> None:
    with pytest.raises(ValidationError):
        send(rep, ada, text=text)
    assert not OutgoingMail.objects.exists()


def test_a_deleted_template_of_another_team_is_not_there(rep: User, root: Team) -> None:
    values = {"name": "T", "subject": "s", "text": "t", "sharing": "team"}
    template = template_delete(actor=rep, template=template_create(actor=rep, values=values))
    elsewhere = Team.objects.create(name="Elsewhere", parent=root)
    for role in ("sales-rep", "sales-manager"):
        with pytest.raises(Http404):
            template_restore(actor=person(role, elsewhere, role), template=template)
    assert template_restore(actor=rep, template=template).deleted_at is None
