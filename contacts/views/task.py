"""To-dos: the list, and what one does with them."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.choices import TaskKind
from contacts.forms import LogForm, TaskForm
from contacts.kinds import TASKS
from contacts.models import Task
from contacts.rows import task_rows_of
from contacts.services.engagement import (
    task_complete,
    task_create,
    task_delete,
    task_edit,
    task_reopen,
    task_restore,
)
from contacts.services.outcome import task_log
from contacts.views.back import back
from crm.access.services import allowed, find
from crm.access.views import ProtectedView
from crm.dialogs import render_dialog
from crm.lists.filters import readable_id
from crm.lists.rows import rows_html
from crm.lists.state import ListState
from crm.lists.views import RecordListView
from crm.records.errors import StaleRecord
from crm.records.merge import differences
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once

#: what an address may fill in of a new task
GIVEN = (
    "customer",
    "kind",
    "title",
    "due_on",
    "starts_at",
    "ends_at",
    "location",
)


class TaskListView(RecordListView):
    permission = "contacts.view_task"
    kind = TASKS
    template = "contacts/task_list.html"
    empty_template = "contacts/task_list_empty.html"

    def more_context(self, state: ListState) -> dict[str, Any]:
        return {"can_create": allowed(self.user, "contacts.create_task")}


class TaskCreateView(ProtectedView):
    permission = "contacts.create_task"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The address may say what is known already."""
        given = {name: request.GET[name] for name in GIVEN if request.GET.get(name)}
        label, _mark, key = request.GET.get("about", "").partition(":")
        given |= {"object_type": label, "object_id": key} if label and readable_id(key) else {}
        initial = {"owner": self.user, "kind": TaskKind.TASK, **given}
        return task_form(request, TaskForm(user=self.user, initial=initial), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TaskForm(request.POST, user=self.user)
        if not form.is_valid():
            return task_form(request, form, None, status=422)
        try:
            submit_once(
                actor=self.user,
                sent=sent_form(request),
                create=lambda: task_create(actor=self.user, values=form.values()),
            )
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return task_form(request, form, None, status=422)
        except ValidationError as fault:
            form.refuse(fault)
            return task_form(request, form, None, status=422)
        return back(request, _("Task added."))


class TaskEditView(ProtectedView):
    permission = "contacts.edit_task"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = task_find(self, pk)
        return task_form(
            request, TaskForm(instance=task, initial={"version": task.version}, user=self.user), task
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = task_find(self, pk)
        form = TaskForm(request.POST, instance=task_find(self, pk), user=self.user)
        if not form.is_valid():
            return task_form(request, form, task, status=422)
        try:
            task_edit(actor=self.user, task=task, values=form.values(), version=form.cleaned_data["version"])
        except StaleRecord as stale:
            now, found = stale.current, differences(stale.current, form.values())
            by_both = form.rebase(TaskForm(instance=now, initial={"version": now.version}, user=self.user))
            conflict = [item for item in found if item["name"] in by_both]
            return task_form(request, form, task, status=409, conflict=conflict)
        except ValidationError as fault:
            form.refuse(fault)
            return task_form(request, form, task, status=422)
        return back(request, _("Saved."))


def task_find(view: ProtectedView, pk: int) -> Task:
    return find(Task.objects.filter(deleted_at=None).select_related("customer", "owner"), view.user, pk)


def task_form(
    request: HttpRequest, form: TaskForm, task: Task | None, *, status: int = 200, conflict: object = None
) -> HttpResponse:
    context = {
        "form": form,
        "obj": task,
        "conflict": conflict,
        "can": {
            verb: task and allowed(form.user, f"contacts.{verb}_task", task)
            for verb in ("complete", "delete")
        },
    }
    return render_dialog(request, "contacts/task_form.html", context, status=status)


class TaskLogView(ProtectedView):
    """A call or meeting is done: what came of it goes on the timeline."""

    permission = "contacts.complete_task"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = task_find(self, pk)
        return log_form(request, LogForm(task=task), task)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = task_find(self, pk)
        form = LogForm(request.POST, task=task)
        if not form.is_valid():
            return log_form(request, form, task, status=422)
        try:
            task_log(actor=self.user, task=task, values=form.values())
        except ValidationError as fault:
            form.refuse(fault)
            return log_form(request, form, task, status=422)
        return back(request, _("Done: %s") % task.title, reverse("contacts:task-reopen", args=[pk]))


def log_form(request: HttpRequest, form: LogForm, task: Task, *, status: int = 200) -> HttpResponse:
    return render_dialog(request, "contacts/task_log.html", {"form": form, "task": task}, status=status)


class TaskDoneView(ProtectedView):
    permission = "contacts.complete_task"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = task_complete(actor=self.user, task=task_find(self, pk))
        return task_answer(self, task, _("Done: %s") % task.title, "reopen")


class TaskReopenView(ProtectedView):
    permission = "contacts.reopen_task"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = task_reopen(actor=self.user, task=task_find(self, pk))
        return task_answer(self, task, _("Open again: %s") % task.title, "")


def task_answer(view: ProtectedView, task: Task, text: str, verb: str) -> HttpResponse:
    """The task's row for htmx (`?row=table`: as in the table of tasks), else back to the list."""
    undo = reverse(f"contacts:task-{verb}", args=[task.pk]) if verb else ""
    if not view.request.headers.get("HX-Request"):
        return back(view.request, text, undo)
    if view.request.GET.get("row") == "table":
        response = HttpResponse(rows_html(TASKS, view.user, view.request, [task.pk]))
        return with_toast(response, text, f"{undo}?row=table" if undo else "")
    response = render(view.request, "contacts/task_row.html", {"row": task_rows_of(view.user, [task.pk])[0]})
    return with_toast(response, text, undo)


def with_toast(response: HttpResponse, text: str, undo: str, tone: str = "success") -> HttpResponse:
    toast = {"text": text, "tone": tone, **({"undo": undo} if undo else {})}
    response.headers["HX-Trigger"] = json.dumps({"toast": toast})
    return response


class TaskDeleteView(ProtectedView):
    permission = "contacts.delete_task"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = task_delete(actor=self.user, task=task_find(self, pk))
        return back(request, _("%s was deleted.") % task.title, reverse("contacts:task-restore", args=[pk]))


class TaskRestoreView(ProtectedView):
    permission = "contacts.restore_task"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = find(Task.objects.filter(deleted_at__isnull=False), self.user, pk)
        task_restore(actor=self.user, task=task)
        return back(request, _("%s is back.") % task.title)
