"""The hours of the fictional company, and who is away these days."""

from datetime import date, timedelta

from crm.calendars.hours import keep_week
from crm.calendars.models import Absence, BusinessCalendar, OwnDay
from crm.company.selectors import company_day
from crm.staff.models import User
from crm.staff.selectors import default_team

OFFICE = ((8 * 60 + 30, 12 * 60 + 30), (13 * 60, 17 * 60 + 30))
HELPLINE = ((8 * 60, 20 * 60),)
# (who, first day from today, last day, who stands in, note)
AWAY = (
    ("etienne", -2, 5, "ines", "Roastery visit in Huila, offline most days"),
    ("noor", 9, 20, "mei", ""),
    ("rep", 23, 37, "sofie", "Skiing"),
)


def load(*, seed: int = 7) -> None:
    """Two calendars, a day off of the company's own, and three absences around today. Twice is once."""
    place = {"time_zone": "Europe/Amsterdam", "country": "NL"}
    office, _new = BusinessCalendar.objects.get_or_create(
        name="Office",
        defaults={
            **place,
            "is_default": not BusinessCalendar.objects.filter(is_default=True).exists(),
            "week": keep_week((OFFICE,) * 5 + ((), ())),
        },
    )
    BusinessCalendar.objects.get_or_create(
        name="Helpline", defaults={**place, "week": keep_week((HELPLINE,) * 6 + ((),))}
    )
    today = company_day()
    for year in (today.year, today.year + 1):
        OwnDay.objects.get_or_create(
            calendar=office, day_on=date(year, 12, 31), defaults={"name": "Stocktaking"}
        )
    for who, first, last, substitute, note in AWAY:
        absence_load(who, today + timedelta(days=first), today + timedelta(days=last), substitute, note)


def absence_load(who: str, first: date, last: date, substitute: str, note: str) -> None:
    owner, other = (User.objects.filter(email=f"{name}@tenure.example").first() for name in (who, substitute))
    if owner is None or Absence.objects.filter(owner=owner).exists():
        return
    Absence.objects.create(
        owner=owner,
        team=default_team(owner),
        starts_on=first,
        ends_on=last,
        substitute=other,
        note=note,
    )
