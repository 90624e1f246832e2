"""Telling people what others gave them."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.audit.models import AuditEntry
from crm.notifications.kinds import ASSIGNED
from crm.notifications.records import ToldRecord, declared, type_of
from crm.notifications.services.notify import notify
from crm.records.kinds import kinds
from crm.staff.models import User

Written = tuple[AuditEntry, models.Model]


def assignees_tell(written: Sequence[Written]) -> None:
    """Tell the new owners that the writes named; many records of a kind given at once are one line."""
    given: dict[tuple[int, str], list[Written]] = defaultdict(list)
    for entry, obj in written:
        owner = entry.after.get("owner")
        is_new = isinstance(owner, int) and owner not in (entry.actor_id, entry.before.get("owner"))
        if is_new and declared(type_of(obj)):
            given[owner, type_of(obj)].append((entry, obj))
    users = User.objects.filter(is_active=True).in_bulk({owner for owner, _type in given}) if given else {}
    for (owner, object_type), found in given.items():
        if owner in users and len(found) == 1:
            tell_one(users[owner], *found[0])
        elif owner in users:
            tell_many(users[owner], object_type, found)


def tell_one(user: User, entry: AuditEntry, obj: models.Model) -> None:
    told = declared(type_of(obj))
    if told is not None:
        text = assigned_text(told, obj)
        notify(user=user, kind=ASSIGNED, text=text, url=told.url(obj), obj=obj, actor=entry.actor)


def assigned_text(told: ToldRecord, obj: models.Model) -> str:
    if not told.parent:
        return _("Assigned to you")
    return _("%(what)s assigned to you: %(title)s") % {"what": told.word(obj), "title": told.title(obj)}


def tell_many(user: User, object_type: str, found: Sequence[Written]) -> None:
    """Names none of them; the batches of one piece of bulk work come to one line."""
    kind, entry = kinds().get(object_type), found[0][0]
    if kind is None or not kind.list_url:
        return
    notify(
        user=user,
        kind=ASSIGNED,
        text=_("{count} assigned to you: %s") % kind.plural,
        url=f"{reverse(kind.list_url)}?owner=me",
        actor=entry.actor,
        group=f"assigned:{object_type}:{entry.actor_id}",
        count=len(found),
    )
