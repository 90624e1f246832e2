"""What the trail may be searched by; what cannot be read finds nothing."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from crm.audit.browsing import action_choices, kind_choices
from crm.audit.models import AuditEntry
from crm.staff.models import User

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LARGEST_ID = 2**63 - 1
PROGRAM = "program"


class AuditFilterForm(forms.Form):
    person = forms.ChoiceField(label=_("Person"), required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    kind = forms.ChoiceField(label=_("Kind of record"), required=False)
    record = forms.IntegerField(label=_("Record number"), required=False, min_value=1, max_value=LARGEST_ID)
    first = forms.DateField(label=_("From day"), required=False, widget=DAY)
    last = forms.DateField(label=_("To day"), required=False, widget=DAY)
    ip = forms.GenericIPAddressField(label=_("IP address"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        people = [(str(pk), name) for pk, name in User.objects.values_list("pk", "name")]
        choices: dict[str, list[tuple[str, Any]]] = {
            "person": [("", _("Person")), (PROGRAM, _("The program")), *people],
            "action": [("", _("Action")), *action_choices()],
            "kind": [("", _("Kind of record")), *kind_choices()],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)

    def rows(self) -> QuerySet[AuditEntry]:
        found = AuditEntry.objects.select_related("actor")
        if not self.is_valid():
            return found.none()
        conditions = {name: value for name, value in self.conditions().items() if value not in (None, "")}
        if self.cleaned_data["person"] == PROGRAM:
            conditions["actor__isnull"] = True
        return found.filter(**conditions)

    def conditions(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "actor_id": values["person"] if values["person"] != PROGRAM else None,
            "action": values["action"],
            "object_type": values["kind"],
            "object_id": values["record"],
            "ip": values["ip"],
            "at__gte": moment(values["first"]),
            "at__lt": moment(values["last"] + timedelta(days=1)) if values["last"] else None,
        }

    def words(self) -> str:
        """What it is narrowed to, as a person reads it."""
        return ", ".join(f"{self.fields[name].label}: {self.shown(name)}" for name in self.narrowed())

    def shown(self, name: str) -> str:
        value = str(self.data[name])
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))

    def narrowed(self) -> dict[str, str]:
        """The filters that say something, as an address carries them."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    def is_narrowed(self) -> bool:
        return bool(self.narrowed())


def moment(day: Any) -> datetime | None:
    """When a day begins in the reader's zone."""
    return datetime.combine(day, time.min, tzinfo=get_current_timezone()) if day else None
