"""What automations do with customers, and with records that hang on one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contacts.forms import TagForm
from contacts.models import Customer, Tag
from contacts.services.bulk import customers_tag, customers_untag
from contacts.services.tag_names import tag_called
from contacts.services.tasks import NewTask, tasks_create
from crm.access.services import allowed
from crm.automation.actions import Batch, Outcome, Params
from crm.automation.texts import hint, rendered, text_problem, text_values
from crm.company.selectors import company_day
from crm.records.kinds import Kind
from crm.staff.models import User
from crm.staff.selectors import colleagues
from crm.texts import visible

CUSTOMER = "contacts.customer"
OWNER, PERSON = "owner", "person"


class AddTag:
    """AUTOMATION_ACTIONS entry."""

    key = "tag"
    label = gettext_lazy("Add a tag")
    icon = "tag"
    verb = "edit"

    def fits(self, user: User, kind: Kind) -> bool:
        return kind.key == CUSTOMER and allowed(user, "contacts.tag_customer")

    def form(
        self, user: User, kind: Kind, data: Any = None, prefix: str = "", initial: Params | None = None
    ) -> forms.Form:
        return TagForm(data, prefix=prefix, initial=dict(initial or {}))

    def params(self, form: forms.Form) -> dict[str, Any]:
        return {"tag": form.cleaned_data["tag"]}

    def words(self, user: User, kind: Kind, params: Params) -> str:
        return str(_("Add the tag %s") % params["tag"])

    def problem(self, user: User, kind: Kind, params: Params) -> str:
        return ""

    def apply(self, batch: Batch, params: Params) -> dict[int, Outcome]:
        tag = tag_called(params["tag"])
        changed = customers_tag(actor=batch.actor, rows=batch.rows(), tag=tag)
        text = _("Tag %s added") % tag
        return batch.per_record(dict.fromkeys(changed, Outcome(text)))


class RemoveTag(AddTag):
    """AUTOMATION_ACTIONS entry."""

    key = "untag"
    label = gettext_lazy("Remove a tag")

    def words(self, user: User, kind: Kind, params: Params) -> str:
        return str(_("Remove the tag %s") % params["tag"])

    def apply(self, batch: Batch, params: Params) -> dict[int, Outcome]:
        tag = Tag.objects.filter(name=params["tag"]).first()
        if tag is None:
            return {}
        changed = customers_untag(actor=batch.actor, rows=batch.rows(), tag=tag)
        return batch.per_record(dict.fromkeys(changed, Outcome(_("Tag %s removed") % tag)))


class TaskForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200, validators=[visible])
    due_in = forms.IntegerField(
        label=gettext_lazy("Due in days"), min_value=0, max_value=365, required=False, initial=3
    )
    to = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[(OWNER, gettext_lazy("The record's owner")), (PERSON, gettext_lazy("A person"))],
    )
    person = forms.ModelChoiceField(colleagues(), label=gettext_lazy("Person"), required=False)
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, user: User, kind: Kind, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.kind = user, kind
        self.fields["title"].help_text = hint(kind, user)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("to") == PERSON and not values.get("person") and "person" not in self.errors:
            self.add_error("person", _("Choose one."))
        for name in ("title", "notes"):
            problem = text_problem(self.kind, self.user, values.get(name) or "")
            if problem:
                self.add_error(name, problem)
        return values


class CreateTask:
    """AUTOMATION_ACTIONS entry: a task about the customer, or about the one that the record hangs on."""

    key = "task"
    label = gettext_lazy("Create a task")
    icon = "square-check"
    verb = "view"

    def fits(self, user: User, kind: Kind) -> bool:
        hangs = kind.key == CUSTOMER or hasattr(kind.model, "customer")
        return hangs and allowed(user, "contacts.create_task")

    def form(
        self, user: User, kind: Kind, data: Any = None, prefix: str = "", initial: Params | None = None
    ) -> forms.Form:
        return TaskForm(user, kind, data, prefix=prefix, initial=dict(initial or {}))

    def params(self, form: forms.Form) -> dict[str, Any]:
        values = form.cleaned_data
        person = values["person"].pk if values["to"] == PERSON else None
        return {
            "title": values["title"],
            "notes": values["notes"],
            "due_in": values["due_in"],
            "to": values["to"],
            "person": person,
        }

    def words(self, user: User, kind: Kind, params: Params) -> str:
        if params.get("due_in") is None:
            return str(_("Create the task “%s”") % params["title"])
        due = ngettext("due in %d day", "due in %d days", params["due_in"]) % params["due_in"]
        return _("Create the task “%(title)s”, %(due)s") % {"title": params["title"], "due": due}

    def problem(self, user: User, kind: Kind, params: Params) -> str:
        if params["to"] == PERSON and not User.objects.filter(pk=params["person"], is_active=True).exists():
            return _("the person it is meant for does not work here any more.")
        return text_problem(kind, user, params["title"], params.get("notes") or "")

    def apply(self, batch: Batch, params: Params) -> dict[int, Outcome]:
        wanted = list(self.wanted(batch, params))
        tasks = tasks_create(actor=batch.actor, wanted=[task for _pk, task in wanted])
        return {
            pk: Outcome(_("Task for %(who)s: %(title)s") % {"who": task.owner, "title": task.title})
            for (pk, _wanted), task in zip(wanted, tasks, strict=True)
        }

    def wanted(self, batch: Batch, params: Params) -> Iterator[tuple[int, NewTask]]:
        """(run, task): about customers that the automation's owner may see."""
        sources = [params["title"], params.get("notes") or ""]
        values = text_values(batch.kind, batch.actor, list(batch.records), sources)
        customers = customers_of(batch)
        owners = self.owners(batch, params)
        due_on = None if params.get("due_in") is None else company_day() + timedelta(days=params["due_in"])
        for run in batch.runs:
            customer = customers.get(run.object_id)
            if customer is None or run.object_id not in values:
                continue
            owner_id = params["person"] or getattr(batch.records[run.object_id], "owner_id", None)
            title, notes = (rendered(source, values[run.object_id]) for source in sources)
            yield (
                run.pk,
                NewTask(customer, owners.get(owner_id or 0, batch.actor), title[:200], notes, due_on),
            )

    def owners(self, batch: Batch, params: Params) -> dict[int, User]:
        keys = {params["person"]} if params["person"] else set()
        keys |= {getattr(record, "owner_id", None) for record in batch.records.values()}
        return User.objects.filter(is_active=True).in_bulk(keys - {None})


def customers_of(batch: Batch) -> dict[int, Customer]:
    """The customer of each record."""
    if batch.kind.key == CUSTOMER:
        return dict(batch.records)  # type: ignore[arg-type]
    keys = {pk: getattr(record, "customer_id", None) for pk, record in batch.records.items()}
    seen = Customer.objects.alive().visible_to(batch.actor).in_bulk(set(keys.values()) - {None})
    return {pk: seen[key] for pk, key in keys.items() if key in seen}
