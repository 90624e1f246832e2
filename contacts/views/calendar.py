"""The calendar: a day, a week, a month or a list of days, one's own and those of colleagues."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.agenda.reading import TONES, chosen_people, days, people_for
from contacts.agenda.window import DAY, LIST, MONTH, VIEWS, WEEK, Window, read_day
from contacts.forms import MoveForm
from contacts.forms.times import INPUT_FORMAT
from contacts.models import Task
from contacts.services.engagement import task_edit
from contacts.views.back import back
from contacts.views.task import task_find, with_toast
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.calendars.selectors import day_of
from crm.company.selectors import company
from crm.fragments import is_fragment
from crm.lists.filters import readable_id
from crm.records.errors import StaleRecord

VIEW_NAMES = {
    DAY: gettext_lazy("Day"),
    WEEK: gettext_lazy("Week"),
    MONTH: gettext_lazy("Month"),
    LIST: gettext_lazy("List"),
}
MOST_PEOPLE = 20


def read_window(view: ProtectedView) -> Window:
    """What the address asks for; whatever it says that cannot be read is left aside."""
    asked, user = view.request.GET, view.user
    name = asked.get("view", "")
    people = [*asked.getlist("person"), *asked.get("people", "").split(",")]
    return Window(
        view=name if name in VIEWS else WEEK,
        day=read_day(asked.get("day", "")) or day_of(user),
        zone=ZoneInfo(timezone.get_current_timezone_name()),
        week_start=company().week_start,
        people=tuple(dict.fromkeys(int(pk) for pk in people if readable_id(pk)))[:MOST_PEOPLE],
    )


def window_context(view: ProtectedView) -> dict[str, Any]:
    """What the grid shows."""
    window = read_window(view)
    shown = chosen_people(view.user, window.people)
    found = days(view.user, window, shown)
    weeks = [found[start : start + 7] for start in range(0, len(found), 7)]
    now = window.local(timezone.now())
    return {
        "window": window,
        "days": found,
        "weeks": weeks if window.view == MONTH else [],
        "hours": range(24),
        "shown_people": [(person, TONES[index % len(TONES)]) for index, person in enumerate(shown)],
        "title": title(window),
        "now": f"h-{now.hour} m-{now.minute}",
        "has_any": any(day.all for day in found),
        "names_people": len(shown) > 1,
        "can_create": allowed(view.user, "contacts.create_task"),
    }


def title(window: Window) -> str:
    first, last = window.first, window.last
    if window.view == MONTH:
        return date_format(window.day, "F Y")
    if window.view == DAY:
        return date_format(first, "l j F Y")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} – {date_format(last, 'j F Y')}"
    begins = date_format(first, "j M Y" if first.year != last.year else "j M")
    return f"{begins} – {date_format(last, 'j M Y')}"


class CalendarView(ProtectedView):
    permission = "contacts.view_task"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = window_context(self)
        if is_fragment(request):
            return render(request, "contacts/calendar_grid.html", context)
        window: Window = context["window"]
        chosen = {person.pk for person, _tone in context["shown_people"]}
        context |= {
            "views": [
                {
                    "label": label,
                    "url": f"?{window.at(view=name).query}",
                    "is_open": name == window.view,
                }
                for name, label in VIEW_NAMES.items()
            ],
            "previous_url": f"?{window.moved(-1).query}",
            "next_url": f"?{window.moved(1).query}",
            "today_url": f"?{window.at(day=day_of(self.user)).query}",
            "people": [(person, person.pk in chosen) for person in people_for(self.user)],
        }
        return render(request, "contacts/calendar.html", context)


class TaskMoveView(ProtectedView):
    """Put into another place of the calendar, by the page or by its undo (all of it in the address).

    The answer is the calendar as it stands now.
    """

    permission = "contacts.edit_task"
    belongs_to = "contacts:calendar"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = task_find(self, pk)
        form = MoveForm(request.POST if "version" in request.POST else request.GET)
        if not form.is_valid():
            return self.refused(" ".join(str(text) for texts in form.errors.values() for text in texts))
        before = place(task)
        try:
            task_edit(actor=self.user, task=task, values=form.values(), version=form.cleaned_data["version"])
        except StaleRecord as stale:
            text = _("Somebody changed %s meanwhile: it stands as they left it.") % stale.current.title
            return self.refused(text, status=409)
        except ValidationError as fault:
            return self.refused(" ".join(fault.messages))
        return self.moved(task, before)

    def moved(self, task: Task, before: dict[str, str]) -> HttpResponse:
        """An undo needs no undo of its own: moving again is one."""
        text = _("%s was moved.") % task.title
        window = read_window(self).query
        undo = f"{self.request.path}?{urlencode({**before, 'version': task.version})}&{window}"
        if not is_fragment(self.request):
            return back(self.request, text)
        return with_toast(self.grid(), text, undo)

    def refused(self, text: str, *, status: int = 422) -> HttpResponse:
        if not is_fragment(self.request):
            return redirect("contacts:calendar")
        response = with_toast(self.grid(), text, "", tone="error")
        response.status_code = status
        return response

    def grid(self) -> HttpResponse:
        return render(self.request, "contacts/calendar_grid.html", window_context(self))


def place(task: Task) -> dict[str, str]:
    """Where it stands, as MoveForm reads it."""
    if task.starts_at and task.ends_at:
        return {"starts_at": wall(task.starts_at), "ends_at": wall(task.ends_at)}
    return {"due_on": task.due_on.isoformat()} if task.due_on else {}


def wall(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(INPUT_FORMAT)
