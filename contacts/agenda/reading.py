"""Reading what lies in the days of a window, as far as the reader may see it: seven queries, however much it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from contacts.agenda.outside import Outside, outsides
from contacts.agenda.placing import Block, block_of, closed, part_of, side_by_side, span_class
from contacts.agenda.window import DAY, ONE_DAY, Window
from contacts.choices import TaskKind
from contacts.models import Task
from contacts.models.engagement import LONGEST
from contacts.selectors import customers
from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.access.services import allowed
from crm.calendars.arithmetic import WorkingTime, spans_of
from crm.calendars.models import Absence
from crm.calendars.selectors import absences, default_calendar, special_days, working_time
from crm.staff.models import User
from crm.staff.selectors import colleagues

#: names of colours (static/css/calendar.css); one's own is the first
ICONS = {
    TaskKind.TASK: {"icon": "square"},
    TaskKind.CALL: {"icon": "phone"},
    TaskKind.MEETING: {"icon": "calendar"},
}
#: so many lines a day of a month has; the rest stand behind a link that says how many they are
IN_A_CELL = 4
TONES = ("own", "violet", "info", "positive", "warning", "negative")


@dataclass
class Item:
    """A task as a calendar shows it; `starts` and `ends` are what the reader's wall clock shows."""

    task: Task
    customer_name: str
    starts: datetime | None
    ends: datetime | None
    tone: str
    names_owner: bool
    is_late: bool
    can_edit: bool

    is_outside = False

    @cached_property
    def pk(self) -> str:
        return str(self.task.pk)

    @cached_property
    def url(self) -> str:
        return reverse("contacts:task-edit", args=[self.task.pk])

    @cached_property
    def facts(self) -> str:
        """What stands behind it when one points at it."""
        who = str(self.task.owner) if self.names_owner else ""
        return " · ".join(filter(None, (self.task.title, self.customer_name, self.task.location, who)))

    @cached_property
    def when(self) -> str:
        return f"{self.starts:%H:%M} – {self.ends:%H:%M}" if self.starts else ""

    @property
    def clock(self) -> str:
        return f"{self.starts:%H:%M}" if self.starts else ""

    @property
    def wall(self) -> tuple[str, str]:
        """Start and end as the page's script counts with them."""
        return (f"{self.starts:%Y-%m-%dT%H:%M}", f"{self.ends:%Y-%m-%dT%H:%M}") if self.starts else ("", "")

    @property
    def is_movable(self) -> bool:
        return self.can_edit and self.task.done_at is None

    @property
    def css(self) -> str:
        state = " done" if self.task.done_at else " late" if self.is_late else ""
        return f"tone-{self.tone}{state}"

    @property
    def icon(self) -> str:
        if self.task.done_at:
            return "check"
        return ICONS[TaskKind(self.task.kind)]["icon"]


@dataclass
class Day:
    """One day: what it is called, what is closed, who is away, what is to do, and what has a time."""

    on: date
    url: str
    is_today: bool
    is_chosen: bool
    is_outside: bool = False
    holiday: str = ""
    closed: list[str] = field(default_factory=list)
    away: list[Absence] = field(default_factory=list)
    todos: list[Item | Outside] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    items: list[Item | Outside] = field(default_factory=list)

    @property
    def all(self) -> list[Item | Outside]:
        return [*self.items, *self.todos]

    @property
    def few(self) -> list[Item | Outside]:
        """As many as a cell of a month has room for; `more` says how many there are besides."""
        return self.all if len(self.all) <= IN_A_CELL else self.all[: IN_A_CELL - 1]

    @property
    def more(self) -> int:
        return len(self.all) - len(self.few)


def people_for(user: User) -> QuerySet[User]:
    """Whose calendars the reader may lay over their own."""
    held = grants(user)
    scope = held.scope("contacts.task", "view")
    if scope is Scope.ALL:
        return colleagues()
    mates = Q(teams__in=held.teams(scope)) if held.teams(scope) else Q()
    return colleagues().filter(Q(pk=user.pk) | mates if mates else Q(pk=user.pk)).distinct()


def items(user: User, window: Window, shown: list[User]) -> list[Item]:
    """What these people have in the window, in order."""
    start, end = window.span
    timed = Q(starts_at__gte=start - LONGEST, starts_at__lt=end, ends_at__gt=start)
    days = Q(starts_at=None, due_on__gte=window.first, due_on__lte=window.last)
    rows = Task.objects.filter(timed | days, deleted_at=None, owner__in=shown).visible_to(user)
    tasks = list(rows.order_by("starts_at", "due_on", "pk"))
    names = dict(
        customers(user).filter(pk__in={task.customer_id for task in tasks}).values_list("pk", "name")
    )
    tones = tones_of(shown)
    owners = {person.pk: person for person in shown}
    return [item(user, window, task, owners, tones, names) for task in tasks]


def tones_of(shown: list[User]) -> dict[int, str]:
    return {person.pk: TONES[index % len(TONES)] for index, person in enumerate(shown)}


def item(
    user: User,
    window: Window,
    task: Task,
    owners: dict[int, User],
    tones: dict[int, str],
    names: dict[int, str],
) -> Item:
    owner_id = task.owner_id or 0
    task.owner = owners.get(owner_id)
    return Item(
        task=task,
        customer_name=names.get(task.customer_id or 0, ""),
        starts=window.local(task.starts_at) if task.starts_at else None,
        ends=window.local(task.ends_at) if task.ends_at else None,
        tone=tones.get(owner_id, TONES[0]),
        names_owner=len(owners) > 1,
        is_late=is_late(window, task),
        can_edit=allowed(user, "contacts.edit_task", task),
    )


def is_late(window: Window, task: Task) -> bool:
    now = timezone.now()
    if task.done_at:
        return False
    if task.ends_at:
        return task.ends_at < now
    return bool(task.due_on and task.due_on < window.local(now).date())


def days(user: User, window: Window, shown: list[User]) -> list[Day]:
    """Each day of the window with what lies in it."""
    today = window.local(timezone.now()).date()
    found = {on: new_day(window, on, today) for on in window.days}
    shade(window, found)
    for absence in absences(user).filter(
        owner__in=shown, starts_on__lte=window.last, ends_on__gte=window.first
    ):
        for on in days_between(absence.starts_on, absence.ends_on, window):
            found[on].away.append(absence)
    for one in items(user, window, shown):
        lay(window, found, one)
    for other in outsides(user, window, shown, tones_of(shown)):
        lay(window, found, other)
    for day in found.values():
        day.items.sort(key=clock_of)
        day.blocks = side_by_side(day.blocks)
    return list(found.values())


def new_day(window: Window, on: date, today: date) -> Day:
    url = f"?{window.at(view=DAY, day=on).query}"
    return Day(on, url, on == today, on == window.day, on.month != window.day.month)


def days_between(first: date, last: date, window: Window) -> Iterable[date]:
    first, last = max(first, window.first), min(last, window.last)
    return (first + ONE_DAY * index for index in range((last - first).days + 1))


def lay(window: Window, found: dict[date, Day], one: Item | Outside) -> None:
    """Into each day it touches: with a time beside the hours, without one above them."""
    if one.starts is None or one.ends is None:
        for on in days_of(one, window):
            if on in found:
                found[on].todos.append(one)
        return
    last = max(one.starts, one.ends - timedelta(microseconds=1)).date()
    for on in days_between(one.starts.date(), last, window):
        block = block_of(one, on, one.starts, one.ends)
        if block is not None:
            found[on].items.append(one)
            found[on].blocks.append(block)


def clock_of(one: Item | Outside) -> str:
    """What begins before the day comes first."""
    return one.starts.isoformat() if one.starts else ""


def days_of(one: Item | Outside, window: Window) -> Iterable[date]:
    """The days of what has no time."""
    if isinstance(one, Outside):
        return days_between(one.first, one.last, window)
    return [one.task.due_on] if one.task.due_on else []


def shade(window: Window, found: dict[date, Day]) -> None:
    """Hours in which the company is closed, and the names of days off."""
    calendar = default_calendar()
    hours = working_time(calendar)
    for on, day in found.items():
        day.closed = [span_class(*part) for part in closed(openings(hours, window, on))]
    for year in {window.first.year, window.last.year}:
        for special in special_days(calendar, year) if calendar.pk else ():
            if special.on in found and not special.is_open:
                found[special.on].holiday = special.name


def openings(hours: WorkingTime, window: Window, on: date) -> list[tuple[int, int]]:
    """What is open of a day of the reader, whose zone may be another than that of the hours."""
    parts: list[tuple[int, int]] = []
    for offset in (-1, 0, 1):
        there = on + ONE_DAY * offset
        for start, end in spans_of(hours.zone, hours.hours_of(there), there):
            part = part_of(on, window.local(start), window.local(end))
            if part:
                parts.append(part)
    return parts


def chosen_people(user: User, asked: Iterable[int]) -> list[User]:
    """The reader first; whoever was asked for and may be seen after them."""
    wanted = set(asked)
    others: list[Any] = [person for person in people_for(user).filter(pk__in=wanted) if person.pk != user.pk]
    return [user, *others] if user.pk in wanted or not wanted else others or [user]
