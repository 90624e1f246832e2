"""Bringing mails in: the bytes and the place in the mailbox are written together, before anything is read in them."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from imap_tools import BaseMailBox

from crm.jobs.services import enqueue
from crm.mail.choices import RawState
from crm.mail.mailbox import MailboxProblem, content_of, imap, size_of, uid_validity, uids_after, uids_since
from crm.mail.models import MailAccount, MailPlace, MailUid, RawMail
from crm.mail.parsing import MAX_BYTES
from crm.mail.services.accounts import credentials_of, imap_server, note_problem, note_success

#: one job fetches for so long, then the next one goes on
SECONDS = 60.0


def account_fetch(pk: int) -> dict[str, object]:
    """Fetch what is new in one mailbox; a problem is noted on the account and stops no other."""
    account = MailAccount.objects.read().filter(pk=pk).first()
    if account is None:
        return {"fetched": 0}
    try:
        count = sum(place_fetch(place) for place in places_of(account))
    except MailboxProblem as fault:
        note_problem(account, str(fault))
        return {"problem": str(fault)}
    note_success(account)
    return {"fetched": count}


def places_of(account: MailAccount) -> list[MailPlace]:
    """The folder of what comes in, and that of what was sent if it is read too."""
    wanted = {account.folder: False} | ({account.sent_folder: True} if account.sent_folder else {})
    return [
        MailPlace.objects.get_or_create(account=account, folder=folder, defaults={"is_sent": is_sent})[0]
        for folder, is_sent in wanted.items()
    ]


@contextmanager
def opened(place: MailPlace) -> Iterator[BaseMailBox]:
    """The folder, open for reading; made anew on the server it is read from its beginning. Raises MailboxProblem."""
    account = place.account
    with imap(imap_server(account), credentials_of(account), place.folder) as box:
        validity = uid_validity(box)
        if validity != place.uid_validity:
            begin_anew(place, validity)
        yield box


@transaction.atomic
def begin_anew(place: MailPlace, validity: int) -> None:
    place.uids.all().delete()
    place.uid_validity, place.last_uid = validity, 0
    place.save(update_fields=["uid_validity", "last_uid"])


def place_fetch(place: MailPlace) -> int:
    """A folder of sent mails that cannot be read does not keep the mails that come in from being read."""
    try:
        with opened(place) as box:
            count = fetch(place, box)
    except MailboxProblem as fault:
        MailPlace.objects.filter(pk=place.pk).update(problem=str(fault)[:500])
        if not place.is_sent:
            raise
        return 0
    MailPlace.objects.filter(pk=place.pk).exclude(problem="").update(problem="")
    return count


def fetch(place: MailPlace, box: BaseMailBox) -> int:
    """New mails in the order of their UIDs. The same bytes are one row."""
    uids = uids_after(box, place.last_uid) if place.last_uid else uids_since(box, place.account.since_on)
    until, count = time.monotonic() + SECONDS, 0
    for uid in uids:
        count += store(place, box, uid)
        if time.monotonic() > until:
            enqueue("mail.fetch_account", place.account_id)
            break
    return count


def store(place: MailPlace, box: BaseMailBox, uid: int) -> bool:
    """Keep one mail; True if it is new. What is too large is not fetched, but noted in quarantine."""
    size = size_of(box, uid)
    content = content_of(box, uid) if 0 < size <= MAX_BYTES else None
    with transaction.atomic():
        kept = (
            hold_back(place, uid, size)
            if size > MAX_BYTES
            else kept_raw(place.account, content, uid, is_sent=place.is_sent)
            if content is not None
            else None
        )
        if kept:
            _row, is_more = MailUid.objects.get_or_create(place=place, uid=uid, defaults={"raw": kept[0]})
            if is_more:  # it came after the counting
                counted = MailPlace.objects.filter(pk=place.pk, on_server__isnull=False)
                counted.update(on_server=F("on_server") + 1)
        MailPlace.objects.filter(pk=place.pk, last_uid__lt=uid).update(last_uid=uid)
    return bool(kept and kept[1])


def raw_store(*, account: MailAccount, content: bytes, uid: int | None = None) -> RawMail | None:
    """Keep the bytes and queue their reading, in the caller's transaction; None if they are kept already."""
    raw, is_new = kept_raw(account, content, uid)
    return raw if is_new else None


def kept_raw(
    account: MailAccount, content: bytes, uid: int | None, *, is_sent: bool = False
) -> tuple[RawMail, bool]:
    """The row of these bytes, and whether it is new: then its reading is queued."""
    digest = hashlib.sha256(content).hexdigest()
    values = {"content": content, "size": len(content), "uid": uid, "is_sent": is_sent}
    raw, is_new = RawMail.objects.get_or_create(account=account, sha256=digest, defaults=values)
    if is_new:
        enqueue("mail.read_mail", raw.pk)
    return raw, is_new


def hold_back(place: MailPlace, uid: int, size: int) -> tuple[RawMail, bool]:
    reason = _("It is larger than %(limit)d MB and was left on the server.") % {"limit": MAX_BYTES // 2**20}
    folder = f"{place.folder}:" if place.is_sent else ""
    digest = hashlib.sha256(f"{folder}{place.uid_validity}:{uid}".encode()).hexdigest()
    return RawMail.objects.get_or_create(
        account=place.account,
        sha256=digest,
        defaults={
            "content": b"",
            "size": size,
            "uid": uid,
            "is_sent": place.is_sent,
            "state": RawState.QUARANTINED,
            "reason": reason,
        },
    )
