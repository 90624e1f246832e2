"""The form of a to-do, call or meeting."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.choices import TaskKind
from contacts.forms.interaction import naming
from contacts.forms.times import WallTimeField
from contacts.models import Customer, Task
from contacts.selectors import customers
from crm.notifications.mentions import mentioned_ids, plain
from crm.notifications.services.mentioning import with_mentions
from crm.records.forms import RecordChoiceField, SeenForm
from crm.staff.models import User
from crm.staff.selectors import colleagues

REMINDERS = (
    ("", _("None")),
    (0, _("When it begins")),
    (5, _("5 minutes before")),
    (15, _("15 minutes before")),
    (30, _("30 minutes before")),
    (60, _("1 hour before")),
    (1440, _("1 day before")),
)


class TaskForm(SeenForm, forms.ModelForm):  # type: ignore[type-arg]
    """A to-do, call or meeting; what only another kind has is left out of what is saved."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    starts_at = WallTimeField(label=_("Start"), required=False)
    ends_at = WallTimeField(label=_("End"), required=False)
    customer = RecordChoiceField(Customer, label=_("Customer"))
    object_type = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    object_id = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1)
    remind = forms.TypedChoiceField(
        label=_("Reminder"), choices=REMINDERS, coerce=int, empty_value=None, required=False
    )

    class Meta:
        model = Task
        fields = (
            "title",
            "kind",
            "due_on",
            "starts_at",
            "ends_at",
            "location",
            "customer",
            "owner",
            "notes",
        )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        visible = customers(user)
        self.fields["customer"].queryset = visible  # type: ignore[attr-defined]
        if self.instance.customer_id and not visible.filter(pk=self.instance.customer_id).exists():
            del self.fields["customer"]
        self.fields["version"].required = self.instance.pk is not None
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = "–"  # type: ignore[attr-defined]
        self.fields["due_on"].widget = forms.DateInput(attrs={"type": "date"})
        self.fields["kind"].required = False
        if self.instance.pk:  # what it is about stays
            del self.fields["object_type"], self.fields["object_id"]
        self.offer_reminders()
        self.named_before = mentioned_ids(self.instance.notes)
        self.initial["notes"] = plain(self.instance.notes)
        naming_attributes = naming("contacts.task", self.instance.pk, "contacts.task")
        self.fields["notes"].widget.attrs |= naming_attributes

    def offer_reminders(self) -> None:
        """The distance it has now is one of the choices."""
        task, field = self.instance, self.fields["remind"]
        if not (task.remind_at and task.starts_at):
            return
        minutes = int((task.starts_at - task.remind_at).total_seconds() // 60)
        self.initial.setdefault("remind", minutes)
        if minutes not in dict(REMINDERS):
            own = (minutes, _("%s minutes before") % minutes)
            field.choices = [*REMINDERS, own]  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """Times are judged by the service (contacts.services.timing), which says at which field what cannot be."""
        return {*super()._get_validation_exclusions(), "starts_at", "ends_at"}  # type: ignore[misc]

    def clean_title(self) -> str:
        return plain(self.cleaned_data["title"])

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or self.instance.kind)

    def clean_notes(self) -> str:
        return with_mentions(self.cleaned_data["notes"], self.named_before)

    def refuse(self, fault: ValidationError) -> None:
        for name, texts in fault.update_error_dict({}).items():
            self.add_error(name if name in self.fields else "notes", texts)

    def values(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}
        if self.cleaned_data.get("object_type"):
            values |= {name: self.cleaned_data[name] for name in ("object_type", "object_id")}
        if values["kind"] == TaskKind.TASK:
            gone = {"remind_at": None} if self.initial.get("starts_at") else {}
            return values | {"starts_at": None, "ends_at": None, "location": ""} | gone
        if values["starts_at"]:
            del values["due_on"]
        return values | {"remind_at": self.remind_at()}

    def remind_at(self) -> datetime | None:
        starts_at, minutes = self.cleaned_data["starts_at"], self.cleaned_data["remind"]
        return starts_at - timedelta(minutes=minutes) if starts_at and minutes is not None else None


class MoveForm(forms.Form):
    """Where something was put in the calendar: a new start and end, or for what has no time a new day."""

    version = forms.IntegerField(min_value=1)
    starts_at = WallTimeField(required=False)
    ends_at = WallTimeField(required=False)
    due_on = forms.DateField(required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not values.get("starts_at") and not values.get("due_on"):
            raise ValidationError(_("Say when."))
        return values

    def values(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("starts_at", "ends_at", "due_on")
            if self.cleaned_data[name]
        }
