"""An answer finds its conversation, and nobody slips into somebody else's."""

from typing import Any

import pytest

from crm.mail.addresses import read_thread_address, thread_address
from crm.mail.models import IncomingMail, MailAccount, MailThread
from crm.mail.services.fetching import raw_store
from crm.mail.services.receiving import mail_read, remember

pytestmark = pytest.mark.django_db
ADA, BOB = "ada@lindqvist.example", "bob@world.example"


def receive(account: MailAccount, number: int, sender: str = ADA, **headers: str) -> IncomingMail:
    given = {"From": sender, "To": account.address, "Message-ID": f"<{number}@x.example>", "Subject": "Beans"}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in (given | headers).items())
    raw = raw_store(account=account, content=(lines + f"\r\nText {number}").encode())
    assert raw is not None
    mail_read(raw.pk)
    return IncomingMail.objects.get(raw=raw)


def test_a_mail_that_answers_nothing_begins_a_conversation(account: MailAccount) -> None:
    first, second = receive(account, 1), receive(account, 2)
    assert first.thread != second.thread  # the same subject is no reason
    assert (first.joined_by, first.needs_review) == ("new", False)


def test_an_answer_is_known_by_what_it_answers_or_refers_to(account: MailAccount) -> None:
    first = receive(account, 1)
    answer = receive(account, 2, In_Reply_To="<1@x.example>")
    later = receive(account, 3, References="<1@x.example> <2@x.example> <lost@x.example>")
    assert [mail.thread for mail in (answer, later)] == [first.thread] * 2
    assert [mail.joined_by for mail in (answer, later)] == ["reply", "references"]


def test_an_answer_to_a_mail_of_ours_is_known_by_its_message_id(account: MailAccount) -> None:
    thread = receive(account, 1).thread
    remember(thread, "<ours@tenure.example>")
    assert receive(account, 2, In_Reply_To="<ours@tenure.example>").thread == thread


def test_the_signed_address_says_more_than_headers(account: MailAccount) -> None:
    first, other = receive(account, 1), receive(account, 2)
    to = thread_address(account.address, first.thread_id)
    answer = receive(account, 3, To=to.upper(), In_Reply_To="<2@x.example>")
    assert (answer.thread, answer.joined_by) == (first.thread, "address")
    assert other.thread != first.thread


def test_a_stranger_who_answers_is_held_for_review_and_gains_nothing(account: MailAccount) -> None:
    thread = receive(account, 1).thread
    forged = receive(account, 2, BOB, In_Reply_To="<1@x.example>", Cc="carol@world.example")
    assert (forged.thread, forged.needs_review) == (thread, True)
    again = receive(account, 3, "carol@world.example", In_Reply_To="<2@x.example>")
    assert again.needs_review
    assert set(MailThread.objects.get(pk=thread.pk).participants) == {ADA, account.address}
    nobody = receive(account, 4, "", In_Reply_To="<1@x.example>")
    assert nobody.needs_review


def test_who_was_written_to_takes_part(account: MailAccount) -> None:
    receive(account, 1, Cc=BOB)
    assert not receive(account, 2, BOB, In_Reply_To="<1@x.example>").needs_review


def test_a_conversation_of_another_account_is_not_joined(
    account: MailAccount, new_account: Any, mailbox: Any
) -> None:
    first = receive(account, 1)
    other = new_account(mailbox, "Sales")
    to = thread_address(other.address, first.thread_id)
    assert receive(other, 2, To=to, In_Reply_To="<1@x.example>").joined_by == "new"


def test_the_same_message_id_twice_stays_with_its_first_conversation(account: MailAccount) -> None:
    first = receive(account, 1)
    copy = receive(account, 2, Message_ID="<1@x.example>")
    assert copy.thread != first.thread
    assert receive(account, 3, In_Reply_To="<1@x.example>").thread == first.thread


@pytest.mark.parametrize("number", [1, 31, 32, 12_345, 2**63 - 1])
def test_a_signed_address_is_read_and_a_made_up_one_is_not(number: int) -> None:
    address = thread_address("support@tenure.example", number)
    assert len(address.partition("@")[0]) <= 64
    assert read_thread_address(f"Support <{address.upper()}>") == number
    assert read_thread_address(thread_address("support@tenure.example", 7).replace("+t7.", "+t8.")) is None
    changed = address[:-30] + ("a" if address[-30] != "a" else "b") + address[-29:]
    assert read_thread_address(changed) is None or changed == address


def test_signed_addresses_die_with_the_key_unless_it_is_kept(settings: Any) -> None:
    address, old = thread_address("support@tenure.example", 7), settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 10
    assert read_thread_address(address) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert read_thread_address(address) == 7


def test_what_receivers_make_of_a_mail_goes_with_its_reading(account: MailAccount, settings: Any) -> None:
    settings.MAIL_RECEIVERS = ["tests.crm.mail.test_threading.refuse"]
    raw = raw_store(account=account, content=b"From: a@b.example\r\n\r\nx")
    assert raw is not None
    with pytest.raises(RuntimeError):
        mail_read(raw.pk)
    raw.refresh_from_db()
    assert (raw.state, IncomingMail.objects.count()) == ("stored", 0)


def refuse(_mail: IncomingMail) -> None:
    raise RuntimeError
