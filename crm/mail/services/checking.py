"""Comparing a mailbox with what we have of it: what the server has and we do not is fetched, else counted."""

import time
from typing import Any

from django.utils import timezone

from crm.jobs.services import enqueue
from crm.mail.mailbox import MailboxProblem, uids_after, uids_since
from crm.mail.models import MailAccount, MailPlace
from crm.mail.services.fetching import SECONDS, opened, places_of, store


def account_check(pk: int) -> dict[str, Any]:
    """Count what lies in the folders of one mailbox and fetch what was missed; a problem stays at its folder."""
    account = MailAccount.objects.read().filter(pk=pk).first()
    if account is None:
        return {"missing": 0}
    missing = 0
    for place in places_of(account):
        try:
            missing += place_check(place)
        except MailboxProblem as fault:
            MailPlace.objects.filter(pk=place.pk).update(problem=str(fault)[:500])
    return {"missing": missing}


def place_check(place: MailPlace) -> int:
    """How many mails of the folder we still do not have."""
    until = time.monotonic() + SECONDS
    with opened(place) as box:
        there = set(uids_after(box, 0))
        wanted = set(uids_since(box, place.account.since_on))
        for uid in sorted(wanted - known_uids(place)):
            if time.monotonic() > until:
                enqueue("mail.check_account", place.account_id)
                break
            store(place, box, uid)
    known = known_uids(place)
    place.uids.filter(uid__in=known - there, is_gone=False).update(is_gone=True)
    place.uids.filter(uid__in=known & there, is_gone=True).update(is_gone=False)
    MailPlace.objects.filter(pk=place.pk).update(
        on_server=len(wanted | (known & there)),
        missing=len(wanted - known),
        counted_at=timezone.now(),
        problem="",
    )
    return len(wanted - known)


def known_uids(place: MailPlace) -> set[int]:
    return set(place.uids.values_list("uid", flat=True))


def checks_due() -> int:
    """Queue a check for every mailbox that is read."""
    pks = list(MailAccount.objects.read().exclude(secret="").values_list("pk", flat=True))
    for pk in pks:
        enqueue("mail.check_account", pk)
    return len(pks)
