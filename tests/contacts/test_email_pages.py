"""The pages of e-mail: writing, taking back, reading, and who is kept out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.models import Customer, EmailMessage, EmailTemplate, Interaction
from contacts.services.customer import customer_create
from crm.mail.models import OutgoingMail
from crm.staff.models import User
from tests.contacts.test_email_matching import mailbox, receive

ADA = "ada@lindqvist.example"
HTMX = {"HX-Request": "true"}
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ada(rep: User) -> Customer:
    values = {"kind": "person", "name": "Ada Lindqvist", "owner": rep}
    return customer_create(actor=rep, values=values, email=ADA)


def written(**more: Any) -> dict[str, Any]:
    return {"to": [ADA], "subject": "Beans", "text": "Hello", "submission": "form-1", **more}


def test_a_form_sent_twice_is_one_mail_with_its_file(rep: User, ada: Customer, sign_in: SignIn) -> None:
    client, address = sign_in(rep), f"/customers/{ada.pk}/email/"
    for _time in range(2):
        file = SimpleUploadedFile("prices.pdf", b"%PDF")
        answer = client.post(address, written(files=[file]), headers=HTMX)
        assert answer.status_code == 200, answer.content
    message = EmailMessage.objects.get()
    assert OutgoingMail.objects.get().files[0]["name"] == "prices.pdf"
    got = client.get(f"/emails/{message.pk}/files/0/")
    assert (got.content, got["Content-Type"]) == (b"%PDF", "application/octet-stream")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"to": []}, "Choose whom to write to"),
        ({"to": ["eve@elsewhere.example"]}, "no address of this customer"),
        ({"subject": ""}, "Write a subject"),
        ({"text": "Hello [[First name]]"}, "Fill in first: [[First name]]"),
        ({"text": "Hello {{ customer.name }}"}, "Fill in first: {{ customer.name }}"),
        ({"files": [SimpleUploadedFile("big", b"x" * (21 * 2**20))]}, "20 MB together"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_written_stays(
    rep: User, ada: Customer, sign_in: SignIn, unchanged: Callable[[], None], wrong: dict[str, Any], told: str
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post(f"/customers/{ada.pk}/email/", written(**wrong), headers=HTMX)
    assert answer.status_code == 422
    assert told in answer.content.decode().replace("&#x27;", "'")
    unchanged()


def test_undo_brings_the_text_back_into_the_composer(rep: User, ada: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    client.post(f"/customers/{ada.pk}/email/", written(), headers=HTMX)
    message = EmailMessage.objects.get()
    answer = client.post(f"/emails/{message.pk}/take-back/?customer={ada.pk}", headers=HTMX)
    assert 'value="Beans"' in answer.content.decode()
    assert (OutgoingMail.objects.get().state, Interaction.objects.get().deleted_at is None) == (
        "cancelled",
        False,
    )
    OutgoingMail.objects.update(state="sent")
    Interaction.objects.update(deleted_at=None)
    late = client.post(f"/emails/{message.pk}/take-back/", headers=HTMX)
    assert (late.status_code, "too late" in late["HX-Trigger"]) == (409, True)


def test_only_who_wrote_it_takes_a_mail_back(
    rep: User, manager: User, ada: Customer, sign_in: SignIn
) -> None:
    sign_in(rep).post(f"/customers/{ada.pk}/email/", written(), headers=HTMX)
    client = sign_in(manager)
    assert client.post(f"/emails/{EmailMessage.objects.get().pk}/take-back/").status_code == 403
    assert OutgoingMail.objects.get().state == "pending"


def test_an_answer_quotes_and_stays_in_its_conversation(rep: User, ada: Customer, sign_in: SignIn) -> None:
    mail = receive(mailbox())
    client, asked = sign_in(rep), EmailMessage.objects.get()
    form = client.get(f"/customers/{ada.pk}/email/?reply={asked.pk}", headers=HTMX).content.decode()
    assert "Re: Beans" in form
    assert "&gt; Hello" in form
    client.post(f"/customers/{ada.pk}/email/", written(reply=asked.pk), headers=HTMX)
    sent = OutgoingMail.objects.get()
    assert (sent.thread, sent.answers) == (mail.thread, ["<a1@lindqvist.example>"])


def test_a_hostile_mail_is_shown_in_a_frame_without_rights(rep: User, ada: Customer, sign_in: SignIn) -> None:
    receive(mailbox(), Content_Type="text/html", text="<script>alert(1)</script><p>Hi</p>")
    client, message = sign_in(rep), EmailMessage.objects.get()
    assert b'<iframe sandbox="allow-popups' in client.get(f"/emails/{message.pk}/").content
    body = client.get(f"/emails/{message.pk}/body/")
    assert b"alert" not in body.content
    rule = body["Content-Security-Policy"]
    assert "default-src 'none'" in rule
    assert "allow-scripts" not in rule


def test_a_mail_is_seen_by_who_sees_its_record(
    rep: User, narrow: User, ada: Customer, sign_in: SignIn
) -> None:
    receive(mailbox())
    message = EmailMessage.objects.get()
    client = sign_in(narrow)
    for part in ("", "body/", "files/0/"):
        assert client.get(f"/emails/{message.pk}/{part}").status_code == 404
    Customer.objects.filter(pk=ada.pk).update(owner=narrow)
    assert client.get(f"/emails/{message.pk}/").status_code == 200


def test_the_timeline_asks_no_more_for_many_mails(
    rep: User, ada: Customer, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    client, box, counts = sign_in(rep), mailbox(), []
    for number in (1, 8):
        for index in range(number):
            receive(box, Message_ID=f"<{number}.{index}@lindqvist.example>")
        with count_queries() as found:
            client.get(f"/customers/{ada.pk}/timeline/")
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_a_template_for_everybody_is_written_by_those_who_keep_them(
    rep: User, manager: User, sign_in: SignIn
) -> None:
    given = {"name": "First", "subject": "Hi", "text": "Hello {{ customer.name }}", "sharing": "all"}
    assert sign_in(rep).post("/settings/email-templates/new/", given).status_code == 422
    assert sign_in(manager).post("/settings/email-templates/new/", given).status_code == 302
    wrong = sign_in(manager).post(
        "/settings/email-templates/new/", {**given, "text": "{{ customer.secret }}"}
    )
    assert "There is no field customer.secret" in wrong.content.decode()
    template = EmailTemplate.objects.get()
    assert sign_in(rep).post(f"/settings/email-templates/{template.pk}/delete/").status_code == 403


def test_a_mail_is_taken_off_a_record_and_put_back(rep: User, ada: Customer, sign_in: SignIn) -> None:
    mail = receive(mailbox())
    client, entry = sign_in(rep), Interaction.objects.get()
    address = f"/emails/{entry.email_id}"
    assert client.post(f"{address}/remove/?entry={entry.pk}").status_code == 302
    mail.refresh_from_db()
    assert (mail.outcome, client.get(f"{address}/").status_code) == ("ignored", 404)
    client.post(f"{address}/put-back/?entry={entry.pk}")
    mail.refresh_from_db()
    assert (mail.outcome, client.get(f"{address}/").status_code) == ("matched", 200)


def test_a_mail_that_failed_is_sent_again_by_who_wrote_it(
    rep: User, manager: User, ada: Customer, sign_in: SignIn
) -> None:
    sign_in(rep).post(f"/customers/{ada.pk}/email/", written(), headers=HTMX)
    OutgoingMail.objects.update(state="failed", reason="550 No such user")
    address = f"/emails/{EmailMessage.objects.get().pk}/"
    assert b"550 No such user" in sign_in(manager).get(address).content
    assert sign_in(manager).post(f"{address}again/").status_code == 403
    assert sign_in(rep).post(f"{address}again/").status_code == 302
    assert OutgoingMail.objects.get().state == "pending"
