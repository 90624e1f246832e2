"""Records of e-mail that stand in addresses (tests/architecture/test_foreign_records.py)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from contacts.models import Customer, EmailMessage, EmailTemplate
from contacts.services.email import email_send
from contacts.services.points import point_create
from crm.mail.models import IncomingMail, MailAccount, MailThread, RawMail
from crm.mail.services.outgoing import MailFile
from crm.staff.models import User
from crm.staff.selectors import root_team

ADA = "ada@lindqvist.example"


class First:
    """A file stands in the address with its place in the mail."""

    pk = 0


def email_of(owner: User, customer: Customer) -> EmailMessage:
    """The same for all parts of an address."""
    found = EmailMessage.objects.filter(entries__customer=customer).first()
    if found:
        return found
    point_create(actor=owner, customer=customer, kind="email", text=ADA)
    file = MailFile(default_storage.save("mail/secret", ContentFile(b"secret")), "secret.txt", "text/plain")
    values = {"to": ADA, "subject": "Secret", "text": "Secret", "key": f"secret:{customer.pk}"}
    return email_send(actor=owner, customer=customer, files=[file], **values)


def template_of(owner: User, customer: Customer) -> EmailTemplate:
    values = {"name": "Secret", "subject": "Secret", "text": "Secret"}
    return EmailTemplate.objects.create(owner=owner, team=root_team(), **values)


def account_of(customer: Customer) -> MailAccount:
    values = {"address": "a@b.example", "imap_host": "127.0.0.1", "since_on": date(2026, 1, 1)}
    return MailAccount.objects.get_or_create(name=f"Account {customer.pk}", defaults=values)[0]


def held_of(owner: User, customer: Customer) -> RawMail:
    given = {"content": b"x", "size": 1, "sha256": "x", "state": "quarantined"}
    return RawMail.objects.create(account=account_of(customer), **given)


def received_of(owner: User, customer: Customer) -> IncomingMail:
    raw = held_of(owner, customer)
    RawMail.objects.filter(pk=raw.pk).update(state="read")
    thread = MailThread.objects.create(account=raw.account)
    given = {
        "joined_by": "new",
        "sender": "eve@elsewhere.example",
        "subject": "Secret",
        "arrived_at": raw.arrived_at,
    }
    return IncomingMail.objects.create(raw=raw, account=raw.account, thread=thread, **given)


EMAIL_FACTORIES: dict[str, Callable[[User, Customer], Any]] = {
    "email": template_of,
    "email-templates": template_of,
    "emails": email_of,
    "files": lambda owner, customer: First(),
    "reconciliation": lambda owner, customer: account_of(customer),
    "messages": received_of,
    "held": held_of,
}
