"""Reading what a person is told, judged anew by what they may see now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet

from crm.access.querysets import AccessQuerySet
from crm.notifications.kinds import kinds
from crm.notifications.models import UNREAD, DigestSetting, Follow, KindSetting, Notification
from crm.notifications.records import declared, parent_key, type_of
from crm.staff.models import User

Key = tuple[str, int]
MOST_COUNTED = 99


@dataclass(frozen=True)
class Seen:
    """A record that a person may see, and the record that it is told under: its parent, if they may see that."""

    obj: models.Model
    record: models.Model


def unread_text(user: User) -> str:
    """How many unread lines the bell has: empty for none, never counted further than 99+."""
    rows = Notification.objects.filter(UNREAD, user=user).order_by()
    return capped(rows.values("pk")[: MOST_COUNTED + 1].count())


def capped(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")


def bell_rows(user: User, *, unread: bool = False, kind: str = "") -> QuerySet[Notification]:
    """The lines of a person's bell, newest first."""
    rows = Notification.objects.filter(in_bell=True, user=user).select_related("actor")
    if unread:
        rows = rows.filter(UNREAD)
    return (rows.filter(kind=kind) if kind else rows).order_by("-at", "-id")


def visible_rows(user: User, object_type: str, pks: set[int]) -> list[models.Model]:
    """Those of the records that the person may see and that are not deleted. A model without access shows nothing."""
    try:
        model: Any = apps.get_model(object_type)
    except (LookupError, ValueError):
        return []
    rows = model._default_manager.all()
    if not isinstance(rows, AccessQuerySet):
        return []
    return list(alive(rows).visible_to(user).filter(pk__in=pks))


def alive(rows: AccessQuerySet[Any]) -> AccessQuerySet[Any]:
    try:
        rows.model._meta.get_field("deleted_at")
    except FieldDoesNotExist:
        return rows
    return rows.filter(deleted_at=None)


def seen_records(user: User, keys: Iterable[Key]) -> dict[Key, Seen]:
    """What the person may see of these records: one query per kind of record and kind of parent."""
    own = by_type(user, keys)
    parents = {key: parent_key(obj) for key, obj in own.items()}
    wanted = {parent for parent in parents.values() if parent} - own.keys()
    above = own | by_type(user, wanted)
    found = {}
    for key, obj in own.items():
        parent = parents[key]
        record = above.get(parent) if parent else obj
        if record is not None or not inherits(obj):
            found[key] = Seen(obj, record or obj)
    return found


def inherits(obj: models.Model) -> bool:
    """Whether it is seen by who sees its parent, and by nobody else."""
    told = declared(type_of(obj))
    return bool(told and told.parent and getattr(type(obj), "access_parent", "") == told.parent)


def by_type(user: User, keys: Iterable[Key]) -> dict[Key, models.Model]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for object_type, pk in keys:
        wanted[object_type].add(pk)
    return {
        (object_type, obj.pk): obj
        for object_type, pks in wanted.items()
        for obj in visible_rows(user, object_type, pks)
    }


def find_seen(user: User, object_type: str, pk: int) -> Seen | None:
    return seen_records(user, [(object_type, pk)]).get((object_type, pk))


def may_see(user: User, obj: models.Model) -> bool:
    return find_seen(user, type_of(obj), obj.pk) is not None


def choice(user: User, kind: str) -> tuple[bool, str]:
    """(bell, mail): what the person wants of this kind."""
    chosen = KindSetting.objects.filter(user=user, kind=kind).first()
    declared_kind = kinds()[kind]
    return (chosen.bell, chosen.mail) if chosen else (declared_kind.default_bell, declared_kind.default_mail)


def choices_of(user: User) -> dict[str, tuple[bool, str]]:
    """(bell, mail) of every kind."""
    chosen = {row.kind: (row.bell, row.mail) for row in KindSetting.objects.filter(user=user)}
    return {
        key: chosen.get(key, (kind.default_bell, str(kind.default_mail))) for key, kind in kinds().items()
    }


def digest_setting(user: User) -> DigestSetting:
    return DigestSetting.objects.filter(user=user).first() or DigestSetting(user=user)


def follows(user: User, object_type: str, pk: int) -> bool:
    return Follow.objects.filter(user=user, object_type=object_type, object_id=pk).exists()
