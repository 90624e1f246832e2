"""The company's row, read once in a request or job."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from asgiref.local import Local
from django.utils import timezone

from crm.company.models import Company
from crm.company.reading import AS_LANGUAGE, date_style, number_style, week_begin

_kept = Local()


def company() -> Company:
    """The company; before the first-run set-up, the defaults (not saved)."""
    found: Company | None = getattr(_kept, "company", None)
    if found is None:
        found = Company.objects.filter(pk=1).first() or Company(name="Tenure")
        _kept.company = found
        number_style.set(found.number_style)
        date_style.set(found.date_style)
    return found


def forget_company() -> None:
    """At the start of every request and job: read the row again when it is next asked for."""
    _kept.company = None
    number_style.set(AS_LANGUAGE)
    date_style.set(AS_LANGUAGE)


def company_day(moment: datetime | None = None) -> date:
    """The calendar day in the company's time zone."""
    return (moment or timezone.now()).astimezone(ZoneInfo(company().time_zone)).date()


def company_week(day: date | None = None) -> tuple[date, date]:
    """First and last day of the week of a day (today), as the company's weeks begin."""
    first = week_begin(day or company_day(), company().week_start)
    return first, first + timedelta(days=6)
