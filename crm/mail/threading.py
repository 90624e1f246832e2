"""Finding the conversation a mail belongs to: by signed address, by what it answers, by what it refers to."""

from crm.mail.addresses import read_thread_address
from crm.mail.choices import JoinedBy
from crm.mail.models import MailAccount, MailThread, ThreadMessageId
from crm.mail.parsing import ParsedMail


def conversation_of(account: MailAccount, mail: ParsedMail) -> tuple[MailThread | None, JoinedBy]:
    for address in (*mail.to, *mail.cc):
        pk = read_thread_address(address.email)
        thread = MailThread.objects.filter(pk=pk, account=account).first() if pk else None
        if thread:
            return thread, JoinedBy.ADDRESS
    if thread := thread_with(account, mail.in_reply_to):
        return thread, JoinedBy.REPLY
    if thread := thread_with(account, tuple(reversed(mail.references))):
        return thread, JoinedBy.REFERENCES
    return None, JoinedBy.NEW


def thread_with(account: MailAccount, message_ids: tuple[str, ...]) -> MailThread | None:
    """The conversation of the first of these Message-IDs that is known."""
    if not message_ids:
        return None
    rows = ThreadMessageId.objects.filter(account=account, message_id__in=message_ids).select_related(
        "thread"
    )
    known = {row.message_id: row.thread for row in rows}
    return next((known[message_id] for message_id in message_ids if message_id in known), None)


def takes_part(thread: MailThread, sender: str) -> bool:
    """Whether this address has written or was written to in the conversation before."""
    return bool(sender) and sender in thread.participants
