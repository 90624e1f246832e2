"""A person's calls, meetings and to-dos as iCalendar: times in UTC, days as days."""

from collections.abc import Iterable
from datetime import UTC, date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from contacts.models import Task
from contacts.notifications import task_url
from contacts.selectors import customers
from crm.addresses import absolute
from crm.company.selectors import company
from crm.notifications.mentions import plain
from crm.staff.models import User

PRODUCT = "-//Tenure//Calendar//EN"
#: what is further away is not asked for by anybody, and would be read again and again
PAST, FUTURE = timedelta(days=92), timedelta(days=731)
REFRESH = timedelta(minutes=15)


def new_calendar(name: str = "", method: str = "") -> Calendar:
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    if method:
        made.add("method", method)
    if name:
        made.add("x-wr-calname", name)
        made.add("x-published-ttl", REFRESH)
        made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    return made


def feed_tasks(user: User, *, with_tasks: bool) -> list[Task]:
    """What the person has and may see now."""
    today = timezone.now().date()
    rows = Task.objects.filter(
        owner=user, deleted_at=None, due_on__gte=today - PAST, due_on__lte=today + FUTURE
    )
    if not with_tasks:
        rows = rows.filter(starts_at__isnull=False)
    return list(rows.visible_to(user).order_by("due_on", "pk"))


def feed_text(user: User, *, with_tasks: bool) -> bytes:
    tasks = feed_tasks(user, with_tasks=with_tasks)
    names = customer_names(user, tasks)
    made = new_calendar(f"{company().name}: {user}")
    for task in tasks:
        made.add_component(event_of(task, names.get(task.customer_id or 0, "")))
    found: bytes = made.to_ical()
    return found


def customer_names(user: User, tasks: Iterable[Task]) -> dict[int, str]:
    keys = {task.customer_id for task in tasks if task.customer_id}
    return dict(customers(user).filter(pk__in=keys).values_list("pk", "name"))


def uid(task: Task) -> str:
    """The same for ever, on this site."""
    return f"task-{task.pk}@{site()}"


def site() -> str:
    return absolute("").partition("//")[2].partition("/")[0] or "tenure"


def is_own_uid(text: str) -> bool:
    """Whether an event of another calendar is one of ours that came back."""
    return text.startswith("task-") and text.endswith(f"@{site()}")


def event_of(task: Task, customer_name: str) -> Event:
    """A call or meeting at its time; a to-do on its day, which keeps nobody from meeting."""
    event = Event()
    event.add("uid", uid(task))
    event.add("summary", summary(task, customer_name))
    event.add("dtstamp", task.updated_at.astimezone(UTC))
    event.add("last-modified", task.updated_at.astimezone(UTC))
    event.add("created", task.created_at.astimezone(UTC))
    event.add("sequence", task.version - 1)
    add_times(event, task)
    if task.location:
        event.add("location", task.location)
    if task.notes:
        event.add("description", plain(task.notes))
    event.add("url", absolute(task_url(task)))
    event.add("class", "PRIVATE")
    if task.remind_at and task.starts_at and not task.done_at:
        event.add_component(alarm(task.remind_at - task.starts_at))
    return event


def add_times(event: Event, task: Task) -> None:
    if task.starts_at and task.ends_at:
        event.add("dtstart", task.starts_at.astimezone(UTC))
        event.add("dtend", task.ends_at.astimezone(UTC))
        event.add("transp", "OPAQUE")
        return
    day: date = task.due_on or timezone.now().date()
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")


def summary(task: Task, customer_name: str) -> str:
    text = f"{task.title} ({customer_name})" if customer_name else task.title
    return f"✓ {text}" if task.done_at else text


def alarm(before: timedelta) -> Alarm:
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", _("Reminder"))
    made.add("trigger", before)
    return made
