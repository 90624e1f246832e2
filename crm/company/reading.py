"""How the company writes numbers and days. Pure: set when the company's row is read, asked for in hot loops."""

from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache

from django.utils import formats
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
AS_LANGUAGE = ""
# (thousands, decimal) separator; without an entry those of the reader's language
NUMBER_STYLES: dict[str, tuple[str, str]] = {
    "comma-point": (",", "."),
    "point-comma": (".", ","),
    "space-comma": (NARROW_SPACE, ","),
    "apostrophe-point": ("\N{RIGHT SINGLE QUOTATION MARK}", "."),
}
NUMBER_CHOICES: list[tuple[str, str | Promise]] = [
    (AS_LANGUAGE, _("As the language writes them")),
    ("comma-point", "1,234.56"),
    ("point-comma", "1.234,56"),
    ("space-comma", "1 234,56"),
    ("apostrophe-point", "1’234.56"),
]
# (in a list, in full)
DATE_STYLES: dict[str, tuple[str, str]] = {
    AS_LANGUAGE: ("j M Y", "j F Y"),
    "month-first": ("M j, Y", "F j, Y"),
    "dots": ("d.m.Y", "d.m.Y"),
    "slashes": ("d/m/Y", "d/m/Y"),
    "slashes-month-first": ("m/d/Y", "m/d/Y"),
    "iso": ("Y-m-d", "Y-m-d"),
}
DATE_CHOICES = [
    (AS_LANGUAGE, "14 Mar 2026"),
    ("month-first", "Mar 14, 2026"),
    ("dots", "14.03.2026"),
    ("slashes", "14/03/2026"),
    ("slashes-month-first", "03/14/2026"),
    ("iso", "2026-03-14"),
]
WEEK_CHOICES: list[tuple[int, str | Promise]] = [(0, _("Monday")), (5, _("Saturday")), (6, _("Sunday"))]

number_style: ContextVar[str] = ContextVar("number_style", default=AS_LANGUAGE)
date_style: ContextVar[str] = ContextVar("date_style", default=AS_LANGUAGE)


def separators() -> tuple[str, str]:
    """Thousands and decimal separator."""
    return NUMBER_STYLES.get(number_style.get()) or language_separators(get_language())


@cache
def language_separators(language: str | None) -> tuple[str, str]:
    return (
        str(formats.get_format("THOUSAND_SEPARATOR", language)),
        str(formats.get_format("DECIMAL_SEPARATOR", language)),
    )


def short_day(day: date) -> str:
    """As a list shows it. Fast: called per cell."""
    style = date_style.get()
    if style == AS_LANGUAGE:
        return f"{day.day} {month_name(day.month, get_language())} {day.year}"
    if style == "month-first":
        return f"{month_name(day.month, get_language())} {day.day}, {day.year}"
    if style == "iso":
        return day.isoformat()
    order = (day.month, day.day) if style == "slashes-month-first" else (day.day, day.month)
    mark = "." if style == "dots" else "/"
    return f"{order[0]:02}{mark}{order[1]:02}{mark}{day.year}"


@cache
def month_name(month: int, language: str | None) -> str:
    return formats.date_format(date(2000, month, 1), "M")


def long_day(day: date) -> str:
    return formats.date_format(day, DATE_STYLES[date_style.get()][1])


def long_moment(moment: datetime) -> str:
    """Day and clock, in the zone of the reader."""
    local = localtime(moment)
    return f"{long_day(local.date())}, {local:%H:%M}"


def week_begin(day: date, first: int) -> date:
    """The day on which the week of `day` began; `first` is 0 for Monday."""
    return day - timedelta(days=(day.weekday() - first) % 7)
