"""Bringing mails in: the bytes and the place in the mailbox are written together, before anything is read in them."""

import hashlib
import time

from django.db import transaction
from django.utils.translation import gettext as _
from imap_tools import BaseMailBox

from crm.jobs.services import enqueue
from crm.mail.choices import RawState
from crm.mail.mailbox import MailboxProblem, content_of, imap, size_of, uid_validity, uids_after, uids_since
from crm.mail.models import MailAccount, RawMail
from crm.mail.parsing import MAX_BYTES
from crm.mail.services.accounts import credentials_of, imap_server, note_problem, note_success

#: one job fetches for so long, then the next one goes on
SECONDS = 60.0


def account_fetch(pk: int) -> dict[str, object]:
    """Fetch what is new in one mailbox; a problem is noted on the account and stops no other."""
    account = MailAccount.objects.filter(pk=pk, is_active=True).first()
    if account is None:
        return {"fetched": 0}
    try:
        with imap(imap_server(account), credentials_of(account), account.folder) as box:
            count = fetch(account, box)
    except MailboxProblem as fault:
        note_problem(account, str(fault))
        return {"problem": str(fault)}
    note_success(account)
    return {"fetched": count}


def fetch(account: MailAccount, box: BaseMailBox) -> int:
    """New mails in the order of their UIDs. A folder that was made anew is read again; the same bytes are one row."""
    validity = uid_validity(box)
    began_anew = validity != account.uid_validity or not account.last_uid
    uids = uids_since(box, account.since_on) if began_anew else uids_after(box, account.last_uid)
    until, count = time.monotonic() + SECONDS, 0
    for uid in uids:
        count += store(account, box, uid, validity)
        if time.monotonic() > until:
            enqueue("mail.fetch_account", account.pk)
            break
    return count


def store(account: MailAccount, box: BaseMailBox, uid: int, validity: int) -> bool:
    """Keep one mail; True if it is new. What is too large is not fetched, but noted in quarantine."""
    size = size_of(box, uid)
    content = content_of(box, uid) if 0 < size <= MAX_BYTES else None
    with transaction.atomic():
        is_new = False
        if size > MAX_BYTES:
            is_new = hold_back(account, uid, validity, size)
        elif content is not None:
            is_new = raw_store(account=account, content=content, uid=uid) is not None
        MailAccount.objects.filter(pk=account.pk).update(uid_validity=validity, last_uid=uid)
    return is_new


def raw_store(*, account: MailAccount, content: bytes, uid: int | None = None) -> RawMail | None:
    """Keep the bytes and queue their reading, in the caller's transaction; None if they are kept already."""
    digest = hashlib.sha256(content).hexdigest()
    raw, is_new = RawMail.objects.get_or_create(
        account=account, sha256=digest, defaults={"content": content, "size": len(content), "uid": uid}
    )
    if not is_new:
        return None
    enqueue("mail.read_mail", raw.pk)
    return raw


def hold_back(account: MailAccount, uid: int, validity: int, size: int) -> bool:
    reason = _("It is larger than %(limit)d MB and was left on the server.") % {"limit": MAX_BYTES // 2**20}
    digest = hashlib.sha256(f"{validity}:{uid}".encode()).hexdigest()
    _raw, is_new = RawMail.objects.get_or_create(
        account=account,
        sha256=digest,
        defaults={
            "content": b"",
            "size": size,
            "uid": uid,
            "state": RawState.QUARANTINED,
            "reason": reason,
        },
    )
    return is_new
