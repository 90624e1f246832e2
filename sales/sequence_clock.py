"""When a step of a sequence is due: only in the company's business hours. Pure, over crm.calendars.arithmetic."""

from datetime import UTC, datetime, time, timedelta

from crm.calendars.arithmetic import HORIZON_DAYS, NeverOpen, WorkingTime

DAY = timedelta(days=1)


def step_due(hours: WorkingTime, after: datetime, wait_days: int) -> datetime:
    """The open moment so many working days after `after`, at the same time of the day. Raises NeverOpen."""
    local = after.astimezone(hours.zone)
    day, left = local.date(), wait_days
    for _each in range(HORIZON_DAYS):
        if not left:
            break
        day += DAY
        left -= bool(hours.hours_of(day))
    if left:
        raise NeverOpen
    wanted = datetime.combine(day, local.time(), hours.zone).astimezone(UTC)
    return hours.next_open(max(wanted, after))


def next_day(hours: WorkingTime, after: datetime) -> datetime:
    """When the business opens on a later day. Raises NeverOpen."""
    day = after.astimezone(hours.zone).date() + DAY
    return hours.next_open(datetime.combine(day, time(), hours.zone))


def day_begins(hours: WorkingTime, moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(hours.zone).date(), time(), hours.zone).astimezone(UTC)
