"""Writing business hours and holidays."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.calendars.hours import read_week
from crm.calendars.models import BusinessCalendar, OwnDay
from crm.records.services import touch, write_changes
from crm.staff.models import User

FIELDS = ("name", "time_zone", "country", "region", "week")


@transaction.atomic
def calendar_create(*, actor: User, values: Mapping[str, Any]) -> BusinessCalendar:
    """Add a calendar; the first one is the company's default. Raises ValidationError."""
    require(actor, "calendars.create_calendar")
    calendar = BusinessCalendar(**checked(values), is_default=not BusinessCalendar.objects.exists())
    try:
        with transaction.atomic():
            calendar.save()
    except IntegrityError as fault:
        raise taken() from fault
    record(actor=actor, action="calendars.calendar.create", obj=calendar, after=values)
    return calendar


@transaction.atomic
def calendar_edit(
    *, actor: User, calendar: BusinessCalendar, values: Mapping[str, Any], version: int
) -> BusinessCalendar:
    """Raises StaleRecord, ValidationError."""
    require(actor, "calendars.edit_calendar", calendar)
    try:
        with transaction.atomic():
            return write_changes(
                actor=actor,
                obj=calendar,
                values=checked(values),
                version=version,
                action="calendars.calendar.edit",
            )
    except IntegrityError as fault:
        raise taken() from fault


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(FIELDS):
        raise ValidationError(f"No such field: {', '.join(sorted(unknown))}")
    if "week" in values:
        try:
            read_week(values["week"])
        except (TypeError, ValueError) as fault:
            raise ValidationError({"week": str(fault)}) from fault
    return dict(values)


def taken() -> ValidationError:
    return ValidationError({"name": _("There is another calendar with this name.")})


@transaction.atomic
def calendar_make_default(*, actor: User, calendar: BusinessCalendar) -> BusinessCalendar:
    require(actor, "calendars.edit_calendar", calendar)
    rows = {row.pk: row for row in BusinessCalendar.objects.select_for_update().order_by("pk")}
    for row in rows.values():
        if row.is_default and row.pk != calendar.pk:
            write_changes(
                actor=actor,
                obj=row,
                values={"is_default": False},
                version=None,
                action="calendars.calendar.make_default",
            )
    return write_changes(
        actor=actor,
        obj=rows[calendar.pk],
        values={"is_default": True},
        version=None,
        action="calendars.calendar.make_default",
    )


@transaction.atomic
def calendar_delete(*, actor: User, calendar: BusinessCalendar) -> BusinessCalendar:
    """Raises ValidationError for the default: something must tell the company's hours."""
    require(actor, "calendars.delete_calendar", calendar)
    calendar = BusinessCalendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.is_default:
        raise ValidationError(
            _("The default calendar cannot be deleted. Make another one the default first.")
        )
    record(
        actor=actor,
        action="calendars.calendar.delete",
        obj=calendar,
        before={name: getattr(calendar, name) for name in FIELDS},
    )
    calendar.delete()
    return calendar


@transaction.atomic
def own_day_set(
    *, actor: User, calendar: BusinessCalendar, day: date, name: str = "", is_open: bool = False
) -> OwnDay:
    """Say of one day that it is off, or open though it is a holiday."""
    require(actor, "calendars.edit_calendar", calendar)
    touch(calendar, calendar.version)
    row, _new = OwnDay.objects.update_or_create(
        calendar=calendar, day_on=day, defaults={"name": name, "is_open": is_open}
    )
    after = {"day_on": day, "name": name, "is_open": is_open}
    record(actor=actor, action="calendars.calendar.set_day", obj=calendar, after=after)
    return row


@transaction.atomic
def own_day_remove(*, actor: User, own_day: OwnDay) -> BusinessCalendar:
    """The day is again what the state says it is."""
    calendar = own_day.calendar
    require(actor, "calendars.edit_calendar", calendar)
    touch(calendar, calendar.version)
    before = {"day_on": own_day.day_on, "name": own_day.name, "is_open": own_day.is_open}
    record(actor=actor, action="calendars.calendar.remove_day", obj=calendar, before=before)
    own_day.delete()
    return calendar
