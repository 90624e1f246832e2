"""Notifications as they are shown: by record, with what the reader may still see."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.money.formatting import number
from crm.notifications.kinds import NotificationKind, kinds
from crm.notifications.models import Notification
from crm.notifications.records import declared, type_of
from crm.notifications.selectors import Seen, seen_records
from crm.staff.models import User


@dataclass(frozen=True)
class Line:
    """One notification. A hidden one (`url` empty) says neither who nor what."""

    id: int
    kind: str
    label: str | Promise
    icon: str
    actor_name: str
    text: str
    detail: str
    url: str
    at: datetime
    is_unread: bool
    record: str = ""  # the record's type and id, empty for none
    record_name: str = ""
    record_url: str = ""


@dataclass
class Group:
    """Lines of one record (or one line about none)."""

    name: str
    url: str
    lines: list[Line] = field(default_factory=list)

    @property
    def unread_ids(self) -> list[int]:
        return [line.id for line in self.lines if line.is_unread]


@dataclass(frozen=True)
class Day:
    day: date
    groups: list[Group]


def lines_of(user: User, rows: Iterable[Notification]) -> list[Line]:
    """One query per kind of record that the rows speak of."""
    rows = list(rows)
    keys = {(row.object_type, row.object_id) for row in rows if row.object_id is not None}
    seen = seen_records(user, keys)
    return [line_of(row, seen.get((row.object_type, row.object_id or 0))) for row in rows]


def line_of(row: Notification, seen: Seen | None) -> Line:
    kind = kinds().get(row.kind) or NotificationKind(row.kind, row.kind, "", icon="bell")
    shared: dict[str, Any] = {
        "id": row.pk,
        "kind": row.kind,
        "label": kind.label,
        "icon": kind.icon,
        "at": row.at,
        "is_unread": row.read_at is None,
    }
    if row.object_id is not None and seen is None:
        text = _("About a record that you may no longer see")
        return Line(**shared, actor_name="", text=text, detail="", url="")
    shared |= record_of(seen) if seen else {}
    actor_name = row.actor.name if row.actor else ""
    return Line(**shared, actor_name=actor_name, text=text_of(row), detail=row.detail, url=row.url)


def record_of(seen: Seen) -> dict[str, str]:
    told = declared(type_of(seen.record))
    return {
        "record": f"{type_of(seen.record)}:{seen.record.pk}",
        "record_name": told.title(seen.record) if told else str(seen.record),
        "record_url": told.url(seen.record) if told else "",
    }


def text_of(row: Notification) -> str:
    if "{count}" in row.text:
        return row.text.replace("{count}", number(row.count))
    if row.count == 1:
        return row.text
    return _("%(count)s changes. The last: %(text)s") % {"count": row.count, "text": row.text}


def grouped(lines: Iterable[Line]) -> list[Group]:
    """By record, in the order of their newest lines."""
    found: dict[str, Group] = {}
    for line in lines:
        key = line.record or f"line:{line.id}"
        found.setdefault(key, Group(line.record_name, line.record_url)).lines.append(line)
    return list(found.values())


def by_day(lines: Iterable[Line]) -> list[Day]:
    days = groupby(lines, key=lambda line: timezone.localtime(line.at).date())
    return [Day(day, grouped(found)) for day, found in days]
