"""Forms over customers and tasks; each names the fields it may write."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.choices import CustomerKind, Direction, InteractionKind, PointKind, RelationshipKind
from contacts.employers import has_hidden_employer
from contacts.models import Consent, Customer, Interaction, Tag, Task
from contacts.selectors import customers
from crm.fields.custom_part import CustomPart
from crm.lists.filters import readable_id
from crm.notifications.mentions import cut, mentioned_ids, plain
from crm.notifications.services.mentioning import with_mentions
from crm.records.forms import RecordChoiceField, SeenForm
from crm.staff.models import User
from crm.staff.selectors import colleagues
from crm.texts import visible

EDITABLE = (
    "name",
    "kind",
    "organisation",
    "job_title",
    "street",
    "postal_code",
    "city",
    "region",
    "country",
    "language",
    "source",
    "lead_status",
    "owner",
    "team",
)
POINTS = ("email", "phone")


class CustomerForm(SeenForm, forms.ModelForm):  # type: ignore[type-arg]
    """A person or organisation; `version` is what the writer saw."""

    field_order = ("name", "kind", "email", "phone", "organisation", "job_title")

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    organisation = RecordChoiceField(Customer, label=_("Organisation"))
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)

    class Meta:
        model = Customer
        fields = EDITABLE

    def __init__(self, *args: Any, user: User, only: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = customers(user).filter(kind=CustomerKind.ORGANISATION)
        kept = Customer.objects.filter(pk=self.instance.organisation_id or 0)
        self.fields["organisation"].queryset = organisations | kept  # type: ignore[attr-defined]
        if has_hidden_employer(user, self.instance):
            del self.fields["organisation"]
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]
        self.fields["team"].required = self.instance.pk is not None
        for name in ("owner", "team"):
            self.fields[name].empty_label = "–"  # type: ignore[attr-defined]
        self.fields["version"].required = self.instance.pk is not None
        self.custom = CustomPart(self, "contacts.customer", user, self.instance.custom)
        if only:
            for name in set(self.fields) - {only, "version"}:
                del self.fields[name]

    def refuse(self, fault: ValidationError) -> None:
        """Say at the field what the service refused; what concerns a field that is not asked for, above the form."""
        for name, texts in fault.update_error_dict({}).items():
            self.add_error(name if name in self.fields else None, texts)

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def values(self) -> dict[str, Any]:
        """What the service writes; points (e-mail, phone) have a service of their own."""
        values = {name: self.cleaned_data[name] for name in EDITABLE if name in self.cleaned_data}
        if self.instance.pk is None and values.get("team") is None:
            values.pop("team", None)
        return values | self.custom.values()

    def points(self) -> dict[str, str]:
        """E-mail and phone, as far as the form asks for them."""
        return {name: self.cleaned_data[name] for name in POINTS if name in self.cleaned_data}


class PointForm(forms.Form):
    """Another way to reach a customer; empty to take it away."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("Reach"), max_length=254, required=False)


class NewPointForm(forms.Form):
    """One more way to reach a customer."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PointKind.choices)
    text = forms.CharField(label=_("Address or number"), max_length=254)


def interaction_values(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """What an entry keeps of what was written: the first line is its summary, only a call has a direction."""
    summary, _newline, body = data["body"].partition("\n")
    if len(summary) > 200:
        summary, body = cut(summary, 200), data["body"]
    is_call = kind == InteractionKind.CALL
    return {
        "summary": summary.strip(),
        "body": body.strip(),
        "direction": data["direction"] if is_call else "",
        "duration_minutes": data["duration_minutes"] if is_call else None,
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
            del self.fields["direction"], self.fields["duration_minutes"]

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
    body = forms.CharField(max_length=20_000, strip=True)
    direction = forms.ChoiceField(choices=[("", ""), *Direction.choices], required=False)
    duration_minutes = forms.IntegerField(min_value=0, max_value=1440, required=False)
    due_on = forms.DateField(required=False)

    def clean_body(self) -> str:
        return self.kept(self.cleaned_data["body"])

    def interaction(self) -> dict[str, Any]:
        return {
            "kind": self.cleaned_data["kind"],
            **interaction_values(self.cleaned_data["kind"], self.cleaned_data),
        }

    def task(self) -> dict[str, Any]:
        title, _newline, notes = self.cleaned_data["body"].partition("\n")
        title = plain(title)
        if len(title) > 200:
            title, notes = title[:199] + "…", self.cleaned_data["body"]
        return {"title": title, "notes": notes.strip(), "due_on": self.cleaned_data["due_on"]}


class TaskForm(SeenForm, forms.ModelForm):  # type: ignore[type-arg]
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    customer = RecordChoiceField(Customer, label=_("Customer"))

    class Meta:
        model = Task
        fields = ("title", "notes", "due_on", "owner", "customer")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = customers(user)
        self.fields["customer"].queryset = visible  # type: ignore[attr-defined]
        if self.instance.customer_id and not visible.filter(pk=self.instance.customer_id).exists():
            del self.fields["customer"]
        self.fields["version"].required = self.instance.pk is not None
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]
        self.fields["owner"].empty_label = "–"  # type: ignore[attr-defined]
        self.fields["due_on"].widget = forms.DateInput(attrs={"type": "date"})
        self.named_before = mentioned_ids(self.instance.notes)
        self.initial["notes"] = plain(self.instance.notes)
        naming_attributes = naming("contacts.task", self.instance.pk, "contacts.task")
        self.fields["notes"].widget.attrs |= naming_attributes

    def clean_title(self) -> str:
        return plain(self.cleaned_data["title"])

    def clean_notes(self) -> str:
        return with_mentions(self.cleaned_data["notes"], self.named_before)

    def refuse(self, fault: ValidationError) -> None:
        for texts in fault.update_error_dict({}).values():
            self.add_error("notes", texts)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.cleaned_data}


class TagField(forms.CharField):
    """The name of a tag, its words one blank apart."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=50, validators=[visible], **options)

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).split())


class TagForm(forms.Form):
    tag = TagField(label=_("Tag"))


class TagNameForm(forms.Form):
    """A tag itself."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = TagField(label=_("Name"))


class MergeTagForm(forms.Form):
    """The tag that another is merged into, by its name."""

    tag = TagField(label=_("Merge into"))

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merged = tag

    def clean_tag(self) -> Tag:
        name, others = self.cleaned_data["tag"], Tag.objects.exclude(pk=self.merged.pk)
        found = others.filter(name=name).first() or others.filter(name__iexact=name).order_by("pk").first()
        if found is None:
            raise ValidationError(_("There is no other tag of this name."))
        return found


class RelationshipForm(forms.Form):
    kind = forms.ChoiceField(label=_("Relationship"), choices=RelationshipKind.choices)
    other = RecordChoiceField(Customer, label=_("Customer"), required=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = customers(user)  # type: ignore[attr-defined]


class ConsentForm(forms.ModelForm):  # type: ignore[type-arg]
    is_given = forms.TypedChoiceField(
        choices=[("1", _("Given")), ("0", _("Withdrawn"))], coerce=lambda value: value == "1"
    )

    class Meta:
        model = Consent
        fields = ("purpose", "channel", "is_given", "wording", "source")

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
