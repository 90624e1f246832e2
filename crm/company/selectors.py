"""The company's row, read once in a request or job."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from crm.company.models import Company
from crm.company.reading import AS_LANGUAGE, date_style, number_style, week_begin
from crm.kept import forget, kept

KEY = "company"


def company() -> Company:
    """The company; before the first-run set-up, the defaults (not saved)."""
    return kept(KEY, read_company)


def read_company() -> Company:
    return in_style(Company.objects.filter(pk=1).first())


def company_row() -> Subquery:
    """The row as JSON, read in the query of something else."""
    columns = {field.attname: F(field.attname) for field in Company._meta.concrete_fields}
    return Subquery(Company.objects.filter(pk=1).values(row=JSONObject(**columns)))


def from_row(row: Mapping[str, Any] | None) -> Company:
    fields = Company._meta.concrete_fields
    values = [field.to_python(row[field.attname]) for field in fields] if row else []
    return in_style(Company.from_db("default", [field.attname for field in fields], values) if row else None)


def in_style(row: Company | None) -> Company:
    """The company; from here on numbers and days are written its way."""
    found = row or Company(name="Tenure")
    number_style.set(found.number_style)
    date_style.set(found.date_style)
    return found


def forget_company() -> None:
    """Read the row again when it is next asked for."""
    forget(KEY)
    number_style.set(AS_LANGUAGE)
    date_style.set(AS_LANGUAGE)


def company_day(moment: datetime | None = None) -> date:
    """The calendar day in the company's time zone."""
    return (moment or timezone.now()).astimezone(ZoneInfo(company().time_zone)).date()


def company_week(day: date | None = None) -> tuple[date, date]:
    """First and last day of the week of a day (today), as the company's weeks begin."""
    first = week_begin(day or company_day(), company().week_start)
    return first, first + timedelta(days=6)
