"""What can be done with many customers at once, beside what every kind of record offers."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.forms import TagForm
from contacts.models import Customer, Tag, Task
from contacts.services.bulk import customers_tag, customers_task, customers_untag
from contacts.services.engagement import task_complete, task_delete, task_reopen
from contacts.services.tag_names import tag_called
from crm.access.services import allowed
from crm.bulk.actions import Before, ListAction
from crm.records.kinds import Kind
from crm.staff.models import User
from crm.staff.selectors import colleagues
from crm.texts import visible

CUSTOMER = "contacts.customer"


class AddTag(ListAction):
    """LIST_ACTIONS entry."""

    key = "tag"
    label = gettext_lazy("Add a tag")
    icon = "tag"
    verb = "edit"

    def fits(self, user: User, kind: Kind) -> bool:
        return kind.key == CUSTOMER

    def form(self, user: User, kind: Kind, data: Any = None) -> forms.Form:
        return TagForm(data)

    def params(self, form: forms.Form) -> dict[str, Any]:
        return {"tag": form.cleaned_data["tag"]}

    def words(self, user: User, kind: Kind, params: Mapping[str, Any]) -> str:
        return str(_("Tag %s added") % params["tag"])

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[Any], params: Mapping[str, Any]
    ) -> dict[int, Before]:
        tag = tag_called(params["tag"])
        return {pk: {} for pk in customers_tag(actor=actor, rows=rows, tag=tag)}

    def undo(
        self, *, actor: User, kind: Kind, before: Mapping[int, Before], params: Mapping[str, Any]
    ) -> set[int]:
        tag = Tag.objects.filter(name=params["tag"]).first()
        return customers_untag(actor=actor, rows=locked(actor, before), tag=tag) if tag else set()


class RemoveTag(AddTag):
    """LIST_ACTIONS entry."""

    key = "untag"
    label = gettext_lazy("Remove a tag")
    icon = "tag"

    def words(self, user: User, kind: Kind, params: Mapping[str, Any]) -> str:
        return str(_("Tag %s removed") % params["tag"])

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[Any], params: Mapping[str, Any]
    ) -> dict[int, Before]:
        tag = Tag.objects.filter(name=params["tag"]).first()
        return {pk: {} for pk in customers_untag(actor=actor, rows=rows, tag=tag)} if tag else {}

    def undo(
        self, *, actor: User, kind: Kind, before: Mapping[int, Before], params: Mapping[str, Any]
    ) -> set[int]:
        tag = tag_called(params["tag"])
        return customers_tag(actor=actor, rows=locked(actor, before), tag=tag)


def locked(actor: User, before: Mapping[int, Before]) -> list[Customer]:
    """The rows of an undo that may still be changed."""
    rows = Customer.objects.alive().visible_to(actor, "edit").filter(pk__in=before.keys())
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


class BulkTaskForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[visible])
    due_on = forms.DateField(
        label=gettext_lazy("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    owner = forms.ModelChoiceField(
        colleagues(),
        label=gettext_lazy("Owner"),
        required=False,
        empty_label=gettext_lazy("The customer's owner"),
    )


class CreateTasks(ListAction):
    """LIST_ACTIONS entry: a task about each."""

    key = "task"
    label = gettext_lazy("Create tasks")
    icon = "square-check"
    verb = "view"

    def fits(self, user: User, kind: Kind) -> bool:
        return kind.key == CUSTOMER and allowed(user, "contacts.create_task")

    def form(self, user: User, kind: Kind, data: Any = None) -> forms.Form:
        return BulkTaskForm(data)

    def params(self, form: forms.Form) -> dict[str, Any]:
        values = form.cleaned_data
        return {
            "title": values["title"],
            "due_on": values["due_on"].isoformat() if values["due_on"] else None,
            "owner": values["owner"].pk if values["owner"] else None,
        }

    def words(self, user: User, kind: Kind, params: Mapping[str, Any]) -> str:
        return str(_("Task: %s") % params["title"])

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[Any], params: Mapping[str, Any]
    ) -> dict[int, Before]:
        owner = User.objects.filter(pk=params["owner"], is_active=True).first() if params["owner"] else None
        values = {"title": params["title"], "owner": owner}
        if params["due_on"]:
            values["due_on"] = forms.DateField().to_python(params["due_on"])
        tasks = customers_task(actor=actor, rows=rows, values=values)
        return {pk: {"task": task.pk} for pk, task in tasks.items()}

    def undo(
        self, *, actor: User, kind: Kind, before: Mapping[int, Before], params: Mapping[str, Any]
    ) -> set[int]:
        """Tasks that nobody touched since are deleted."""
        made = {held["task"]: pk for pk, held in before.items()}
        untouched = Task.objects.filter(pk__in=made, version=1, deleted_at=None).visible_to(actor, "delete")
        undone = set()
        for task in untouched.select_for_update(of=("self",)).order_by("pk"):
            task_delete(actor=actor, task=task)
            undone.add(made[task.pk])
        return undone


class CompleteTasks(ListAction):
    """LIST_ACTIONS entry: the selected tasks are done."""

    key = "complete"
    label = gettext_lazy("Mark as done")
    icon = "check"
    verb = "edit"
    at_once = True

    def fits(self, user: User, kind: Kind) -> bool:
        return kind.key == "contacts.task"

    def words(self, user: User, kind: Kind, params: Mapping[str, Any]) -> str:
        return _("Marked as done")

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[Any], params: Mapping[str, Any]
    ) -> dict[int, Before]:
        open_tasks = [task for task in rows if task.done_at is None]
        for task in open_tasks:
            task_complete(actor=actor, task=task)
        return {task.pk: {} for task in open_tasks}

    def undo(
        self, *, actor: User, kind: Kind, before: Mapping[int, Before], params: Mapping[str, Any]
    ) -> set[int]:
        rows = kind.visible(actor, self.verb).filter(pk__in=before.keys(), done_at__isnull=False)
        tasks = list(rows.select_for_update(of=("self",)).order_by("pk"))
        for task in tasks:
            task_reopen(actor=actor, task=task)
        return {task.pk for task in tasks}
