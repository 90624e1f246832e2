"""Addresses at which other calendars read a person's own: made, revoked, asked."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import CalendarFeed
from crm.access.services import require
from crm.audit.services import record
from crm.staff.models import User

MOST_FEEDS = 20
#: 192 random bits: of so many, one round of SHA-256 tells nobody anything
SECRET_BYTES = 24
LONGEST_TOKEN = 64
#: how exactly it is known when it was last read: a calendar that asks each minute does not write each minute
SEEN_EVERY = timedelta(minutes=15)


@transaction.atomic
def feed_create(*, actor: User, name: str, with_tasks: bool = True) -> tuple[CalendarFeed, str]:
    """A feed of the actor's calendar and its secret, which is shown once. Raises ValidationError."""
    require(actor, "contacts.view_task")
    live = CalendarFeed.objects.filter(user=actor, revoked_at=None).count()
    if live >= MOST_FEEDS:
        raise ValidationError(_("You have %d addresses. Revoke some first.") % live)
    token = secrets.token_urlsafe(SECRET_BYTES)
    feed = CalendarFeed.objects.create(user=actor, name=name, digest=digest(token), with_tasks=with_tasks)
    record(
        actor=actor,
        action="contacts.calendarfeed.create",
        obj=feed,
        after={"name": name, "with_tasks": with_tasks},
    )
    return feed, token


@transaction.atomic
def feed_revoke(*, actor: User, feed: CalendarFeed) -> CalendarFeed:
    """From now on the address shows nothing. Revoked twice is revoked once."""
    if feed.user_id != actor.pk:
        raise Http404
    if feed.revoked_at is None:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
        record(actor=actor, action="contacts.calendarfeed.revoke", obj=feed, before={"name": feed.name})
    return feed


def feed_of(token: str) -> CalendarFeed:
    """The feed of a secret, of somebody who works here. Raises Http404, the same for every other."""
    fits = len(token) <= LONGEST_TOKEN
    rows = CalendarFeed.objects.filter(revoked_at=None, user__is_active=True).select_related("user")
    feed = rows.filter(digest=digest(token)).first() if fits else None
    if feed is None:
        raise Http404
    return feed


def feed_seen(feed: CalendarFeed) -> None:
    now = timezone.now()
    if feed.last_read_at is None or now - feed.last_read_at > SEEN_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=now)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
