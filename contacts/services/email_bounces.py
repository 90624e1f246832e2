"""Reports that a mail of ours could not be delivered."""

import re
from itertools import islice

from contacts.choices import Direction, PointKind
from contacts.models import ContactPoint, EmailMessage
from crm.audit.services import record
from crm.mail.models import IncomingMail

#: so much of a report is read, and so many addresses are marked
STATUS_BYTES = 65_536
MOST = 50
MESSAGE_ID = re.compile(rb"<[^<>\s]{3,250}>")
# strangers write reports: each pattern takes a bounded number of steps from where it begins
FAILED_RECEIVER = re.compile(
    rb"(?im)^(?:final|original)-recipient:[ \t]{0,20}(?:rfc822[ \t]{0,20};)?[ \t]{0,20}"
    rb"<?([^\s<>;@]{1,128}@[^\s<>;@]{1,255})>?"
)
NOT_FAILED = re.compile(rb"(?im)^action:[ \t]{0,20}(?:delayed|relayed|delivered)")


def bounced(mail: IncomingMail) -> list[EmailMessage]:
    """The mails of ours that a report speaks of, by their Message-IDs; nobody else knows those."""
    found = islice(MESSAGE_ID.finditer(bytes(mail.raw.content)), 500)
    named = {one[0].decode("latin-1") for one in found} - {mail.message_id}
    return list(EmailMessage.objects.filter(direction=Direction.OUTGOING, message_id__in=named)[:20])


def status_of(content: bytes) -> bytes:
    """The part of a report that programs read."""
    begins = content.lower().find(b"message/delivery-status")
    return content[begins : begins + STATUS_BYTES] if begins >= 0 else b""


def note_bounce(mail: IncomingMail) -> None:
    """Mark the addresses that a mail of ours could not reach, where they stand on its records."""
    status = status_of(bytes(mail.raw.content))
    if NOT_FAILED.search(status):
        return
    told = {found.decode("latin-1").lower() for found in FAILED_RECEIVER.findall(status)}
    for message in bounced(mail):
        receivers = set(message.receivers)
        failed = told & receivers or (receivers if len(receivers) == 1 else set())
        points = ContactPoint.objects.filter(kind=PointKind.EMAIL, value__in=failed, is_bounced=False)
        for point in points.select_related("customer")[:MOST]:
            ContactPoint.objects.filter(pk=point.pk).update(is_bounced=True)
            after = {"email": point.shown}
            record(actor=None, action="contacts.customer.point_bounce", obj=point.customer, after=after)
