"""Mail about notifications: at once, or all of a day in a digest. Each line is mailed at most once."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from crm.mail.services.outgoing import mail_enqueue
from crm.notifications.choices import Mail
from crm.notifications.lines import Line, lines_of
from crm.notifications.mails import Written, digest_mail, one_mail
from crm.notifications.models import Notification
from crm.notifications.selectors import digest_setting
from crm.notifications.services.daily import due, first_today, moment_of
from crm.staff.models import User

KIND, DIGEST = "notification", "digest"


@transaction.atomic
def mail_now(pk: int) -> bool:
    """Mail one line, unless it was read meanwhile or speaks of what the person may no longer see."""
    rows = Notification.objects.select_for_update(of=("self",)).select_related("user", "actor")
    row = rows.filter(pk=pk, mail=Mail.NOW, mailed_at=None, read_at=None, user__is_active=True).first()
    if row is None:
        return False
    lines = visible_lines(row.user, [row])
    if lines:
        send(row.user, one_mail(row.user, lines[0]), f"notification:{row.pk}")
    Notification.objects.filter(pk=row.pk).update(mailed_at=timezone.now())
    return bool(lines)


def waiting_for_digest() -> list[User]:
    pending = Notification.objects.filter(mail=Mail.DIGEST, mailed_at=None, read_at=None)
    return list(User.objects.filter(is_active=True, pk__in=pending.values("user")).order_by("pk"))


def digests_send(now: datetime | None = None) -> int:
    """Send the digest of everybody whose time of day it is; returns how many."""
    now = now or timezone.now()
    sent = 0
    for user in waiting_for_digest():
        clock = digest_setting(user).digest_at
        for _user, day in due([user], clock, now):
            sent += digest_send(user, day, moment_of(user, clock, now))
    return sent


@transaction.atomic
def digest_send(user: User, day: date, until: datetime) -> bool:
    """The digest of one person and day, with what they were told before its time; twice is once."""
    rows = Notification.objects.filter(
        user=user, mail=Mail.DIGEST, mailed_at=None, read_at=None, at__lt=until
    )
    if not rows.exists() or not first_today(user, DIGEST, day):
        return False
    found = list(rows.select_related("actor").order_by("-at", "-id"))
    lines = visible_lines(user, found)
    if lines:
        send(user, digest_mail(user, lines), f"digest:{user.pk}:{day.isoformat()}")
    Notification.objects.filter(pk__in=[row.pk for row in found]).update(mailed_at=timezone.now())
    return bool(lines)


def visible_lines(user: User, rows: list[Notification]) -> list[Line]:
    return [line for line in lines_of(user, rows) if line.url]


def send(user: User, mail: Written, key: str) -> None:
    mail_enqueue(to=user.email, subject=mail.subject, text=mail.text, html=mail.html, kind=KIND, key=key)
