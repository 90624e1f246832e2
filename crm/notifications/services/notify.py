"""Telling one person one thing."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from crm.jobs.services import enqueue
from crm.notifications.choices import Mail
from crm.notifications.kinds import kind_of
from crm.notifications.models import Notification
from crm.notifications.records import type_of
from crm.notifications.selectors import choice, may_see
from crm.staff.models import User

#: what happens again in the same group within this time is one line
BUNDLE = timedelta(minutes=10)
LONGEST = 300


@transaction.atomic
def notify(
    *,
    user: User,
    kind: str,
    text: str,
    url: str,
    obj: models.Model | None = None,
    actor: User | None = None,
    group: str = "",
    detail: str = "",
    count: int = 1,
) -> Notification | None:
    """Tell `user`, in the caller's transaction, as they wish to be told of this kind; None if not at all.

    `text` reads well after the name of the actor and a dot (“Mentioned you in a note”), `detail` quotes; neither is
    shown once the reader may no longer see `obj`. Nobody is told of what they did themselves, nor of a record that
    they may not see. What comes with the same `group` within BUNDLE, unread and not mailed, is the same line; a text
    with `{count}` in it says itself how many (`count`) it stands for.
    Raises LookupError for a kind that nobody declared, ValueError for an address outside the program.
    """
    kind_of(kind)
    if not url.startswith("/") or url.startswith("//"):
        raise ValueError(f"{url}: notifications lead to addresses of the program only")
    if actor == user or not user.is_active or (obj is not None and not may_see(user, obj)):
        return None
    bell, mail = choice(user, kind)
    if not bell and mail == Mail.OFF:
        return None
    values = {
        "text": cropped(text),
        "detail": cropped(detail),
        "url": url,
        "actor": actor,
        "object_type": type_of(obj) if obj else "",
        "object_id": obj.pk if obj else None,
        "at": timezone.now(),
    }
    bundle = bundle_of(user, kind, group)
    if bundle is not None:
        Notification.objects.filter(pk=bundle.pk).update(**values, count=bundle.count + count)
        return bundle
    told = {"kind": kind, "group": group, "in_bell": bell, "mail": mail, "count": count}
    row = Notification.objects.create(user=user, **told, **values)
    if mail == Mail.NOW:
        enqueue("notifications.mail_now", row.pk)
    return row


def bundle_of(user: User, kind: str, group: str) -> Notification | None:
    """The line that this is one more of."""
    if not group:
        return None
    rows = Notification.objects.select_for_update().filter(
        user=user, kind=kind, group=group, read_at=None, mailed_at=None, at__gte=timezone.now() - BUNDLE
    )
    return rows.order_by("-at", "-id").first()


def cropped(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST else one_line[: LONGEST - 1] + "…"
