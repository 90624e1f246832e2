"""When a to-do, call or meeting is: what is written of it, checked, and what follows from it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.choices import TaskKind
from contacts.models import Task
from contacts.models.engagement import LONGEST
from crm.calendars.selectors import day_of
from crm.staff.models import User

#: how long it lasts where nobody said
USUAL = {TaskKind.CALL: timedelta(minutes=15), TaskKind.MEETING: timedelta(hours=1)}
FIRST_YEAR, LAST_YEAR = 2000, 2100
TIMES = ("kind", "starts_at", "ends_at", "due_on", "remind_at", "owner")


def timed(task: Task, values: Mapping[str, Any], owner: User) -> dict[str, Any]:
    """The values with the times that follow from them, for a row as it stands. Raises ValidationError at the field."""
    if not any(name in values for name in TIMES):
        return dict(values)
    for name in ("starts_at", "ends_at", "remind_at"):
        check_year(name, values.get(name))
    kind = values.get("kind", task.kind)
    starts_at, ends_at = span(task, values, kind)
    found = {**values, "starts_at": starts_at, "ends_at": ends_at}
    if starts_at is not None:
        found["due_on"] = day_of(owner, starts_at)
    return found | {"remind_at": reminding(task, values, starts_at)}


def span(task: Task, values: Mapping[str, Any], kind: str) -> tuple[datetime | None, datetime | None]:
    """Start and end. Without an end it lasts as long as before, or as its kind does."""
    if kind == TaskKind.TASK:
        return no_times(values)
    starts_at: datetime | None = values.get("starts_at", task.starts_at)
    if "starts_at" not in values and values.get("due_on") and starts_at:
        starts_at += moved(task.due_on, values["due_on"])
    if starts_at is None:
        return without_start(values, kind)
    lasts = task.ends_at - task.starts_at if task.ends_at and task.starts_at else USUAL[TaskKind(kind)]
    ends_at = values.get("ends_at") or (starts_at + lasts)
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": _("It ends after it begins.")})
    if ends_at - starts_at > LONGEST:
        raise ValidationError({"ends_at": _("It lasts two weeks at most.")})
    return starts_at, ends_at


def no_times(values: Mapping[str, Any]) -> tuple[None, None]:
    if values.get("starts_at") or values.get("ends_at"):
        raise ValidationError({"starts_at": _("A to-do has a day and no time; make it a call or a meeting.")})
    return None, None


def without_start(values: Mapping[str, Any], kind: str) -> tuple[None, None]:
    """A call that is to be made some day."""
    if kind == TaskKind.MEETING or values.get("ends_at"):
        raise ValidationError({"starts_at": _("Say when it begins.")})
    return None, None


def moved(before: date | None, after: date) -> timedelta:
    return after - before if before else timedelta(0)


def reminding(task: Task, values: Mapping[str, Any], starts_at: datetime | None) -> datetime | None:
    """A reminder keeps its distance when the start moves, and goes when there is no start any more."""
    if "remind_at" in values or not task.remind_at or not task.starts_at:
        wanted: datetime | None = values.get("remind_at", task.remind_at)
        return wanted
    return task.remind_at + (starts_at - task.starts_at) if starts_at else None


def check_year(name: str, moment: datetime | None) -> None:
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        text = _("The year lies between %(first)s and %(last)s.")
        raise ValidationError({name: text % {"first": FIRST_YEAR, "last": LAST_YEAR}})
