"""What strangers and colleagues write into mails: whom it is believed, and whom it never opens a mail to."""

import time
from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

from contacts.models import ContactPoint, Customer, EmailMessage, Interaction
from contacts.services import email_reconciling
from contacts.services.customer import customer_create, customer_delete, customer_restore
from contacts.services.email import email_remove, email_send
from contacts.services.email_reconciling import mail_put, mails_match_like
from contacts.services.points import point_create
from contacts.tasks import match_mails
from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.jobs.models import Job
from crm.mail.addresses import drop_address
from crm.mail.models import IgnoredSender, IncomingMail, OutgoingMail, RawMail
from crm.mail.services.accounts import account_create
from crm.mail.services.drops import drop_number, drop_renew
from crm.mail.services.fetching import kept_raw
from crm.mail.services.receiving import mail_read
from crm.staff.models import Team, User
from tests.conftest import person
from tests.contacts.test_email_matching import ADA, REP, mailbox, receive

DOCTOR = "doctor@clinic.example"
EVE = "eve@tenure.example"


@pytest.fixture
def ada(rep: User) -> Customer:
    values = {"kind": "person", "name": "Ada Lindqvist", "owner": rep}
    return customer_create(actor=rep, values=values, email=ADA)


@pytest.fixture
def eve(sales_team: Team) -> User:
    return person("eve", sales_team, "sales-rep")


def see_only_own(user: User) -> User:
    role = Role.objects.get(key="sales-rep")
    own = {**role.matrix["contacts.customer"], "view": "own", "edit": "own"}
    role.matrix = {**role.matrix, "contacts.customer": own}
    role.save()
    return User.objects.get(pk=user.pk)


def patient(actor: User) -> Customer:
    return customer_create(actor=actor, values={"kind": "person", "name": "D", "owner": actor}, email=DOCTOR)


def receive_sent(owner: User, *, to: str) -> IncomingMail:
    head = f"From: {REP}\r\nTo: {to}\r\nSubject: Beans\r\nMessage-ID: <s1@tenure.example>"
    raw, _new = kept_raw(mailbox(owner, REP), f"{head}\r\n\r\nHello".encode(), None, is_sent=True)
    mail_read(raw.pk)
    return IncomingMail.objects.get(raw=raw)


def bounce(message_id: str, status: str) -> RawMail:
    content = (
        "From: MAILER-DAEMON@x.example\r\nTo: sales@tenure.example\r\nSubject: Undelivered\r\n"
        "Message-ID: <b@x>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        f"--b\r\n\r\n{message_id}\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n--b--\r\n"
    )
    return kept_raw(mailbox(), content.encode(), None)[0]


def test_a_report_full_of_blanks_is_read_fast(rep: User, ada: Customer) -> None:
    email_send(actor=rep, customer=ada, to=ADA, subject="s", text="t", key="k")
    raw = bounce(OutgoingMail.objects.get().message_id, "Final-Recipient:" + " " * 200_000)
    began = time.monotonic()
    mail_read(raw.pk)
    assert time.monotonic() - began < 2


def test_a_report_names_whom_it_did_not_reach(rep: User, ada: Customer) -> None:
    point_create(actor=rep, customer=ada, kind="email", text="bo@lindqvist.example")
    email_send(actor=rep, customer=ada, to=ADA, cc=["bo@lindqvist.example"], subject="s", text="t", key="k")
    status = "Final-Recipient: rfc822; bo@lindqvist.example\r\nAction: failed"
    mail_read(bounce(OutgoingMail.objects.get().message_id, status).pk)
    assert ContactPoint.objects.get(is_bounced=True).value == "bo@lindqvist.example"


def test_what_lies_in_somebodys_own_mailbox_follows_no_address(rep: User, eve: User) -> None:
    receive(mailbox(rep, REP), sender=DOCTOR, to=REP, text="Your results: positive")
    customer = patient(eve)
    own = receive(mailbox(eve, EVE), sender="x@clinic.example", to=EVE, Message_ID="<z@z>")
    mail_put(actor=eve, mail=own, customer=customer, keep_address=True)
    for job in Job.objects.filter(name="contacts.match_mails"):
        match_mails(job)
    mails_match_like(own.pk)
    assert not EmailMessage.objects.filter(text__contains="positive").exists()


def test_an_own_mailbox_puts_nothing_on_records_its_owner_may_not_see(rep: User, eve: User) -> None:
    patient(eve)
    owner = see_only_own(rep)
    mail = receive(mailbox(owner, REP), sender=DOCTOR, to=REP, text="Your results: positive")
    assert (mail.outcome, EmailMessage.objects.count()) == ("unmatched", 0)


def test_who_puts_a_mail_of_their_own_mailbox_on_a_record_takes_the_others_along(rep: User) -> None:
    box = mailbox(rep, REP)
    first = receive(box, sender=DOCTOR, to=REP)
    receive(box, sender=DOCTOR, to=REP, Message_ID="<a2@clinic.example>")
    customer = customer_create(actor=rep, values={"kind": "person", "name": "D", "owner": rep})
    mail_put(actor=rep, mail=first, customer=customer, keep_address=True)
    job = Job.objects.get(name="contacts.match_mails_like")
    assert (mails_match_like(job.key or 0), mails_match_like(job.key or 0)) == (1, 0)
    assert customer.interactions.count() == 2


def test_a_new_customer_gets_the_mails_that_waited(rep: User) -> None:
    receive(mailbox(), sender=DOCTOR)
    customer = patient(rep)
    match_mails(Job.objects.get(name="contacts.match_mails", key=customer.pk))
    assert customer.interactions.count() == 1


def test_a_customer_who_is_restored_gets_the_mails_that_waited(admin: User, ada: Customer) -> None:
    customer_delete(actor=admin, customer=ada)
    receive(mailbox())
    customer_restore(actor=admin, customer=Customer.objects.get(pk=ada.pk))
    match_mails(Job.objects.get(name="contacts.match_mails", key=ada.pk))
    assert ada.interactions.count() == 1


def test_mails_that_never_match_keep_no_others_waiting(
    rep: User, ada: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email_reconciling, "BATCH", 2)
    box = mailbox()
    ContactPoint.objects.update(value="other@x.example")
    for number in range(2):
        receive(box, sender=REP, to=ADA, Message_ID=f"<f{number}@x>")
    receive(box, Message_ID="<real@x>")
    ContactPoint.objects.update(value=ADA)
    email_reconciling.mails_match(ada.pk)
    match_mails(Job.objects.get(name="contacts.match_mails"))
    assert IncomingMail.objects.get(message_id="<real@x>").outcome == "matched"


def test_the_address_of_an_own_mailbox_is_ours_in_that_mailbox_alone(eve: User, ada: Customer) -> None:
    values = {"name": "x", "address": ADA, "imap_host": "imap.x.example", "since_on": "2026-01-01"}
    account_create(actor=eve, values=values, password="x", is_own=True)
    assert receive(mailbox()).outcome == "matched"


def test_two_mails_with_one_message_id_are_both_kept(ada: Customer) -> None:
    box = mailbox()
    receive(box, text="First")
    second = receive(box, text="Please cancel the order", Subject="Two")
    assert second.outcome == "matched"
    assert ada.interactions.count() == 2


def test_a_known_message_id_opens_no_mail(rep: User, eve: User, ada: Customer) -> None:
    receive(mailbox(), text="Secret price")
    eve = see_only_own(eve)
    hers = customer_create(actor=eve, values={"kind": "person", "name": "H", "owner": eve})
    IgnoredSender.objects.create(owner=eve, value=ADA, created_by=eve)
    forged = receive(mailbox(eve, EVE), to=EVE, text="x")
    mail_put(actor=eve, mail=forged, customer=hers, keep_address=False)
    assert not EmailMessage.objects.visible_to(eve).filter(text__contains="Secret price").exists()


def test_a_forged_copy_takes_no_mails_place(rep: User, ada: Customer) -> None:
    box = mailbox()
    message = email_send(actor=rep, customer=ada, to=ADA, subject="s", text="t", key="k")
    forged = receive(box, sender=message.sender, Message_ID=message.message_id, text="x")
    message.refresh_from_db()
    assert (forged.outcome, message.incoming) == ("unmatched", None)


def test_a_mail_from_outside_in_the_owners_name_is_not_believed(rep: User, ada: Customer) -> None:
    mail = receive(mailbox(rep, REP), sender=REP, to=ADA, text="I resign")
    assert (mail.outcome, Interaction.objects.count()) == ("unmatched", 0)


def test_a_forward_from_outside_in_the_owners_name_is_no_answer(rep: User, ada: Customer) -> None:
    text = f"Von: Ada <{ADA}>\nGesendet: Montag\nAn: Rep\nBetreff: Ja\n\nStop everything"
    mail = receive(mailbox(rep, REP), sender=REP, to=REP, Subject="Fwd: Ja", text=text)
    assert (mail.outcome, Interaction.objects.count()) == ("unmatched", 0)


def test_a_mail_in_the_owners_folder_of_sent_mails_is_theirs(rep: User, ada: Customer) -> None:
    mail = receive_sent(rep, to=ADA)
    entry = Interaction.objects.get()
    assert (mail.outcome, entry.actor, entry.direction) == ("matched", rep, "out")


def test_an_address_for_copies_is_believed_until_it_is_renewed(rep: User, ada: Customer) -> None:
    box = mailbox()
    drop_renew(actor=rep)
    old, new = drop_address(box.address, rep.pk), drop_address(box.address, rep.pk, drop_number(rep))
    assert receive(box, sender=REP, to=ADA, Delivered_To=old).outcome == "unmatched"
    mail = receive(box, sender=REP, to=ADA, Delivered_To=new, Message_ID="<a2@tenure.example>")
    assert (mail.outcome, Interaction.objects.get().actor) == ("matched", rep)


def test_an_entry_that_was_taken_off_stays_off_when_a_copy_comes(
    rep: User, admin: User, ada: Customer
) -> None:
    receive(mailbox())
    email_remove(actor=admin, entry=Interaction.objects.get())
    copy = receive(mailbox(rep, REP), X_Way="2")
    assert Interaction.objects.get().deleted_at is not None
    assert copy.outcome == "ignored"


def test_an_entry_that_a_person_puts_back_is_told_in_the_trail(rep: User, admin: User, ada: Customer) -> None:
    mail = receive(mailbox())
    email_remove(actor=admin, entry=Interaction.objects.get())
    mail_put(actor=admin, mail=mail, customer=ada, keep_address=False)
    assert Interaction.objects.get().deleted_at is None
    assert AuditEntry.objects.filter(action="contacts.interaction.restore", actor=admin).exists()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Date": "Fri, 01 Jan 1999 10:00:00 +0000"}, timedelta(0)),
        ({"Date": format_datetime(timezone.now() - timedelta(days=3))}, timedelta(days=3)),
        ({"Date": format_datetime(timezone.now() + timedelta(days=3))}, timedelta(0)),
        (
            {
                "Date": "Fri, 01 Jan 1999 10:00:00 +0000",
                "Received": f"by mx.tenure.example; {format_datetime(timezone.now() - timedelta(days=90))}",
            },
            timedelta(days=90),
        ),
    ],
)
def test_a_mail_stands_near_the_day_on_which_it_came(
    ada: Customer, headers: dict[str, str], expected: timedelta
) -> None:
    receive(mailbox(), **headers)
    ago = timezone.now() - Interaction.objects.get().happened_at
    assert abs(ago - expected) < timedelta(minutes=30)
