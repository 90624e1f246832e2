"""Reading an event of another calendar, and each time of a series. Pure; foreign text is never trusted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from django.utils.translation import gettext as _
from icalendar import Calendar

#: an event is read as it comes: nothing says which of its properties are there, or of which type
Event = Any

#: how far around today the times of a series are kept
BEHIND, AHEAD = timedelta(days=92), timedelta(days=400)
MOST_TIMES = 1_000
TOO_OFTEN = {"SECONDLY", "MINUTELY"}
#: what the readers of foreign calendars raise
FAULTS = (ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class ReadTime:
    starts_at: datetime
    ends_at: datetime
    title: str
    is_all_day: bool
    is_busy: bool


@dataclass(frozen=True)
class ReadEvent:
    """`problem` is why it could not be read, in words; it then has no times."""

    uid: str = ""
    title: str = ""
    location: str = ""
    addresses: list[str] = field(default_factory=list)
    is_recurring: bool = False
    modified_at: datetime | None = None
    times: list[ReadTime] = field(default_factory=list)
    problem: str = ""


def read_event(content: str, zone: ZoneInfo, now: datetime, own: str = "") -> ReadEvent:
    """`zone` is where its owner is: days and times without a zone are theirs. `own` is their address."""
    try:
        return read(Calendar.from_ical(content), zone, now, own.lower())
    except FAULTS:
        return ReadEvent(problem=_("An event could not be read."))


def read(calendar: Any, zone: ZoneInfo, now: datetime, own: str) -> ReadEvent:
    events = [event for event in calendar.walk("VEVENT") if "dtstart" in event]
    if not events:
        return ReadEvent()  # a to-do, a journal: nothing for a calendar
    first = next((event for event in events if "recurrence-id" not in event), events[0])
    is_recurring = len(events) > 1 or any(name in first for name in ("rrule", "rdate"))
    known: dict[str, Any] = {
        "uid": str(first.get("uid", ""))[:500],
        "title": title(first),
        "location": line(first.get("location", "")),
        "addresses": sorted({found for event in events for found in addresses(event)} - {own})[:100],
        "is_recurring": is_recurring,
        "modified_at": modified(first),
    }
    if any(often(event) for event in events):
        return ReadEvent(**known, problem=_("It repeats each minute or more often, and is not shown."))
    found = occurrences(calendar, now) if is_recurring else iter(events[:1])
    return ReadEvent(**known, times=[one for event in found if (one := read_time(event, zone, own))])


def often(event: Event) -> bool:
    rules = event.get("rrule", [])
    rules = rules if isinstance(rules, list) else [rules]
    return any(str(kind).upper() in TOO_OFTEN for rule in rules for kind in rule.get("FREQ", []))


def occurrences(calendar: Any, now: datetime) -> Iterator[Event]:
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    return islice(query.between(now - BEHIND, now + AHEAD), MOST_TIMES)


def read_time(event: Event, zone: ZoneInfo, own: str) -> ReadTime | None:
    """None for what was cancelled, and for what its owner declined."""
    if str(event.get("status", "")).upper() == "CANCELLED" or declined(event, own):
        return None
    begins = event["dtstart"].dt
    is_all_day = not isinstance(begins, datetime)
    ends = event["dtend"].dt if "dtend" in event else begins + lasting(event, is_all_day)
    starts_at, ends_at = moment(begins, zone), moment(ends, zone)
    is_busy = str(event.get("transp", "")).upper() != "TRANSPARENT"
    return ReadTime(starts_at, max(starts_at, ends_at), title(event), is_all_day, is_busy)


def lasting(event: Event, is_all_day: bool) -> timedelta:
    if "duration" in event:
        found: timedelta = event["duration"].dt
        return found
    return timedelta(days=1) if is_all_day else timedelta(0)


def moment(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC)


def title(event: Event) -> str:
    return line(event.get("summary", "")) or _("Without a title")


def line(value: Any) -> str:
    """One line of text as a column takes it."""
    return " ".join(str(value).replace("\0", "").split())[:200]


def modified(event: Event) -> datetime | None:
    found = event.get("last-modified") or event.get("dtstamp")
    return moment(found.dt, ZoneInfo("UTC")) if found is not None else None


def attendees(event: Event) -> list[Any]:
    found = event.get("attendee", [])
    return found if isinstance(found, list) else [found]


def addresses(event: Event) -> Iterator[str]:
    for one in [*attendees(event), event.get("organizer", "")]:
        scheme, _colon, address = str(one).strip().lower().partition(":")
        if scheme == "mailto" and "@" in address and len(address) <= 254:
            yield address


def declined(event: Event, own: str) -> bool:
    return any(
        str(one).lower() == f"mailto:{own}" and str(one.params.get("partstat", "")).upper() == "DECLINED"
        for one in attendees(event)
    )
