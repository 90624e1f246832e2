"""The hours of a week as they are kept (minutes in lists) and as people read and write them. Pure."""

from collections.abc import Sequence
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from crm.calendars.arithmetic import MINUTES_OF_DAY, Hours, check_hours

Week = tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]

DAY_NAMES = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
SHORT_NAMES = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
NINE_TO_FIVE: Hours = ((9 * 60, 17 * 60),)
OFFICE_WEEK: Week = (NINE_TO_FIVE,) * 5 + ((), ())


def read_week(kept: Sequence[Sequence[Sequence[int]]]) -> Week:
    """Raises ValueError for what is no week."""
    days = tuple(tuple((int(start), int(end)) for start, end in hours) for hours in kept)
    if len(days) != len(DAY_NAMES):
        raise ValueError("A week has seven days.")
    for hours in days:
        check_hours(hours)
    return days  # type: ignore[return-value]


def keep_week(week: Week) -> list[list[list[int]]]:
    return [[list(span) for span in hours] for hours in week]


def clock(minute: int) -> str:
    """540 -> 09:00; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def hours_in_words(hours: Hours) -> str:
    if hours == ((0, MINUTES_OF_DAY),):
        return str(_("all day"))
    return ", ".join(f"{clock(start)}–{clock(end)}" for start, end in hours)


def week_in_words(week: Week) -> str:
    """Mon–Fri 09:00–17:00, Sat 10:00–14:00; days without hours are left out."""
    told, day = [], 0
    for hours, same in groupby(week):
        count = len(list(same))
        first, last = SHORT_NAMES[day], SHORT_NAMES[day + count - 1]
        day += count
        if hours:
            names = f"{first}–{last}" if count > 1 else str(first)
            told.append(f"{names} {hours_in_words(hours)}")
    return "; ".join(told) or str(_("never open"))


def minutes_of_week(week: Week) -> int:
    return sum(end - start for hours in week for start, end in hours)
