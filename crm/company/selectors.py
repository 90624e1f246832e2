"""The company's row, read once in a request or job."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from asgiref.local import Local
from django.utils import timezone

from crm.company.models import Company

_kept = Local()


def company() -> Company:
    """The company; before the first-run set-up, the defaults (not saved)."""
    found: Company | None = getattr(_kept, "company", None)
    if found is None:
        found = Company.objects.filter(pk=1).first() or Company(name="Tenure")
        _kept.company = found
    return found


def forget_company() -> None:
    """At the start of every request and job: read the row again when it is next asked for."""
    _kept.company = None


def company_day(moment: datetime | None = None) -> date:
    """The calendar day in the company's time zone."""
    return (moment or timezone.now()).astimezone(ZoneInfo(company().time_zone)).date()
