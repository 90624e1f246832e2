"""Writing to a customer: one mail, an entry on each record, and what the house does when somebody was written to."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.exceptions import ValidationError
from django.http import Http404

from contacts.models import Customer, EmailMessage, Interaction
from contacts.services.customer import customer_create
from contacts.services.email import email_send, email_take_back
from contacts.services.email_templates import EmptyFields, template_fill
from contacts.services.points import point_create
from crm.mail.models import MailAccount, OutgoingMail
from crm.mail.services.sending import outgoing_send
from crm.staff.models import User
from sales.models import Deal

ADA = "ada@lindqvist.example"


@pytest.fixture
def ada(rep: User) -> Customer:
    values = {"kind": "person", "name": "Ada Lindqvist"}
    return customer_create(actor=rep, values=values, email=ADA)


def send(actor: User, customer: Customer, **more: Any) -> EmailMessage:
    values = {"to": ADA, "subject": "Beans", "text": "Hello Ada", "key": "k1"}
    return email_send(actor=actor, customer=customer, **(values | more))


def test_a_mail_is_sent_once_and_stands_on_the_record(rep: User, ada: Customer) -> None:
    message = send(rep, ada)
    assert send(rep, ada) == message
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.reply_to, mail.sender_name) == (ADA, rep.email, "Rep")
    entry = Interaction.objects.get()
    assert (entry.email, entry.customer, entry.kind, entry.direction) == (message, ada, "email", "out")
    assert (entry.summary, entry.body) == ("Beans", "Hello Ada")


def test_answers_to_a_mail_through_the_program_come_back_to_the_companys_mailbox(
    rep: User, ada: Customer, settings: Any
) -> None:
    settings.MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    MailAccount.objects.create(
        name="Sales", address="sales@tenure.example", imap_host="x", since_on="2026-01-01"
    )
    message = send(rep, ada)
    mail = OutgoingMail.objects.get()
    assert mail.account is None
    assert mail.reply_to.startswith("sales+t")
    assert message.thread == mail.thread
    assert outgoing_send(mail.pk) == "sent"


def test_a_mail_to_people_of_an_organisation_stands_with_each_of_them(rep: User) -> None:
    house = customer_create(actor=rep, values={"kind": "organisation", "name": "Lindqvist AB"})
    for name in ("ada", "bo"):
        values = {"kind": "person", "name": name, "organisation": house}
        customer_create(actor=rep, values=values, email=f"{name}@lindqvist.example")
    message = send(rep, house, cc=["bo@lindqvist.example"])
    assert OutgoingMail.objects.get().cc == ["bo@lindqvist.example"]
    assert set(message.entries.values_list("customer__name", flat=True)) == {"Lindqvist AB", "ada", "bo"}


@pytest.mark.parametrize(
    "wrong", [{"to": "eve@elsewhere.example"}, {"to": ""}, {"subject": " "}, {"text": ""}]
)
def test_what_cannot_be_sent_is_told_and_nothing_is_written(
    rep: User, ada: Customer, wrong: dict[str, str], unchanged: Callable[[], None]
) -> None:
    unchanged()
    with pytest.raises(ValidationError):
        send(rep, ada, **wrong)
    unchanged()


def test_who_may_not_see_the_customer_writes_to_nobody(narrow: User, ada: Customer) -> None:
    with pytest.raises(Http404):
        send(narrow, ada)
    assert not OutgoingMail.objects.exists()


def test_a_mail_about_a_deal_keeps_it_from_going_stale(rep: User, make_deal: Callable[..., Deal]) -> None:
    deal = make_deal(rep)
    point_create(actor=rep, customer=deal.customer, kind="email", text=ADA)
    Deal.objects.update(active_at=deal.active_at - timedelta(days=30))
    send(rep, deal.customer, about=deal)
    assert Deal.objects.get().active_at > deal.active_at
    assert Interaction.objects.get().object_id == deal.pk


def test_a_mail_is_taken_back_while_it_waits(rep: User, ada: Customer, settings: Any) -> None:
    settings.MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    message = send(rep, ada, delay=timedelta(seconds=10))
    email_take_back(actor=rep, message=message)
    assert OutgoingMail.objects.get().state == "cancelled"
    assert Interaction.objects.get().deleted_at is not None
    outgoing_send(message.outgoing_id or 0)
    assert outbox.outbox == []
    with pytest.raises(ValidationError, match="too late"):
        email_take_back(actor=rep, message=message)


def test_a_template_is_filled_with_what_its_sender_may_see(rep: User, make_deal: Callable[..., Deal]) -> None:
    deal = make_deal(rep)
    text = "{{ deal.name }} for {{ customer.name }}, {{ sender.name }}"
    filled = template_fill(
        actor=rep, template_or_text=("Re {{ deal.name }}", text), customer=deal.customer, about=deal
    )
    assert filled == (f"Re {deal.name}", f"{deal.name} for {deal.customer.name}, Rep")


def test_a_field_without_a_value_is_told(rep: User, ada: Customer) -> None:
    text = "Hello {{ customer.job_title }}"
    with pytest.raises(EmptyFields):
        template_fill(actor=rep, template_or_text=text, customer=ada)
    gap = template_fill(actor=rep, template_or_text=text, customer=ada, gaps=True)
    assert gap == ("", "Hello [[Job title]]")
    guarded = 'Hello {{ customer.job_title | default: "there" }}'
    assert template_fill(actor=rep, template_or_text=guarded, customer=ada) == ("", "Hello there")
