"""The composer, and the editor of an entry of the timeline."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.choices import Direction, InteractionKind, TaskKind
from contacts.models import Customer, Interaction, Task
from crm.lists.filters import readable_id
from crm.notifications.mentions import cut, mentioned_ids, plain
from crm.notifications.services.mentioning import with_mentions


def interaction_values(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """What an entry keeps of what was written: the first line is its summary, only a call has a direction.

    A note takes no time.
    """
    summary, _newline, body = data["body"].partition("\n")
    if len(summary) > 200:
        summary, body = cut(summary, 200), data["body"]
    is_call = kind == InteractionKind.CALL
    return {
        "summary": summary.strip(),
        "body": body.strip(),
        "direction": data["direction"] if is_call else "",
        "duration_minutes": None if kind == InteractionKind.NOTE else data["duration_minutes"],
    }


def naming(object_type: str, pk: int | None, part: str = "") -> dict[str, str]:
    """The attributes of a text in which @ offers colleagues who may see this record (static/js/mentions.js)."""
    query = {"type": object_type, "id": pk} if pk else {"part": part}
    address = f"{reverse('notifications:colleagues')}?{urlencode(query)}"
    return {"data-mentions": address, "data-mentions-label": str(_("Colleagues"))}


class NamingForm(forms.Form):
    """A form whose text may name colleagues: written and shown as “@Name”, kept as tokens.

    `mentions` are the ids that were chosen from the list, for those who share their name with another.
    """

    mentions = forms.CharField(required=False, max_length=1_000, widget=forms.HiddenInput)

    def kept(self, text: str) -> str:
        chosen = [int(pk) for pk in self.data.get("mentions", "")[:1_000].split(",") if readable_id(pk)]
        return with_mentions(text, chosen)

    def refuse(self, fault: ValidationError) -> None:
        """Say at the field what the service refused."""
        for texts in fault.update_error_dict({}).values():
            self.add_error("body", texts)


class InteractionForm(NamingForm):
    """The editor of one entry of the timeline; its kind stays."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    body = forms.CharField(label=_("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, required=False)
    duration_minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1440, required=False)

    def __init__(self, *args: Any, interaction: Interaction, **kwargs: Any) -> None:
        kwargs["initial"] = written(interaction)
        super().__init__(*args, **kwargs)
        self.kind = interaction.kind
        self.fields["body"].widget.attrs |= naming("contacts.customer", interaction.customer_id)
        if self.kind != InteractionKind.CALL:
            del self.fields["direction"]
        if self.kind == InteractionKind.NOTE:
            del self.fields["duration_minutes"]

    def clean_body(self) -> str:
        return self.kept(self.cleaned_data["body"])

    def values(self) -> dict[str, Any]:
        return interaction_values(self.kind, self.cleaned_data)


def written(interaction: Interaction) -> dict[str, Any]:
    """The entry as it was written: a summary that was cut short stands whole in the body."""
    summary, body = interaction.summary, interaction.body
    was_cut = summary.endswith("…") and body.startswith(summary[:-1])
    text = body if was_cut else "\n".join(filter(None, (summary, body)))
    return {
        "version": interaction.version,
        "body": plain(text),
        "mentions": ",".join(map(str, sorted(mentioned_ids(text)))),
        "direction": interaction.direction,
        "duration_minutes": interaction.duration_minutes,
    }


#: what stands for a call about which nothing was written
CALLED = {Direction.OUTGOING: _("Called"), Direction.INCOMING: _("Was called")}


class ComposerForm(NamingForm):
    """The docked composer: an interaction, or a task."""

    kind = forms.ChoiceField(
        choices=[
            (InteractionKind.NOTE, _("Note")),
            (InteractionKind.CALL, _("Call")),
            (InteractionKind.MEETING, _("Meeting")),
            ("task", _("Task")),
        ]
    )
    body = forms.CharField(max_length=20_000, strip=True, required=False)
    direction = forms.ChoiceField(choices=[("", ""), *Direction.choices], required=False)
    duration_minutes = forms.IntegerField(min_value=0, max_value=1440, required=False)
    due_on = forms.DateField(required=False)
    about = forms.CharField(required=False, max_length=60)

    def clean_about(self) -> dict[str, Any]:
        """The record that the page is about, as `sales.deal:7`; the service says whether its writer may know it."""
        label, _mark, pk = self.cleaned_data["about"].partition(":")
        return {"object_type": label, "object_id": int(pk)} if label and readable_id(pk) else {}

    def clean_body(self) -> str:
        """A call without a word says that there was one; anything else says what it is."""
        body = self.cleaned_data["body"]
        if not body and self.cleaned_data.get("kind") != InteractionKind.CALL:
            raise ValidationError(self.fields["body"].error_messages["required"], code="required")
        return self.kept(body)

    def interaction(self) -> dict[str, Any]:
        values = interaction_values(self.cleaned_data["kind"], self.cleaned_data)
        values["summary"] = values["summary"] or str(CALLED[values["direction"] or Direction.OUTGOING])
        return {"kind": self.cleaned_data["kind"], **values, **self.cleaned_data["about"]}

    def task(self) -> dict[str, Any]:
        title, _newline, notes = self.cleaned_data["body"].partition("\n")
        title = plain(title)
        if len(title) > 200:
            title, notes = title[:199] + "…", self.cleaned_data["body"]
        values = {"title": title, "notes": notes.strip(), "due_on": self.cleaned_data["due_on"]}
        return {**values, **self.cleaned_data["about"]}


class CallForm(ComposerForm):
    """A call alone, for a dialog."""

    kind = forms.ChoiceField(choices=[(InteractionKind.CALL, _("Call"))], widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("What came of it"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices[1:], required=False)
    duration_minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1440, required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        kwargs["initial"] = {"kind": InteractionKind.CALL, "direction": Direction.OUTGOING}
        super().__init__(*args, **kwargs)
        del self.fields["due_on"]
        self.fields["about"].widget = forms.HiddenInput()
        self.fields["body"].widget.attrs |= naming("contacts.customer", customer.pk)


class LogForm(NamingForm):
    """What came of a call or meeting; without a word its title stands on the timeline."""

    body = forms.CharField(
        label=_("What came of it"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices[1:], required=False)
    duration_minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1440, required=False)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        lasts = task.ends_at - task.starts_at if task.starts_at and task.ends_at else None
        kwargs["initial"] = {
            "direction": Direction.OUTGOING,
            "duration_minutes": int(lasts.total_seconds() // 60) if lasts else None,
        }
        super().__init__(*args, **kwargs)
        self.task = task
        self.fields["body"].widget.attrs |= naming("contacts.customer", task.customer_id, "contacts.task")
        if task.kind != TaskKind.CALL:
            del self.fields["direction"]

    def clean_body(self) -> str:
        return self.kept(self.cleaned_data["body"])

    def values(self) -> dict[str, Any]:
        return interaction_values(self.task.kind, self.cleaned_data)
