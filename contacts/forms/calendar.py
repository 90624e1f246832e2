"""Forms of the pages about one's own calendar, and of the page on which others book."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.models import BookingPage
from crm.publicforms.guard import Guard, GuardedForm
from crm.records.forms import SeenForm
from crm.texts import visible


class FeedForm(forms.Form):
    name = forms.CharField(
        label=_("For which calendar"),
        max_length=80,
        validators=[visible],
        help_text=_("For example “My phone”: so that you know later which one to revoke."),
    )
    with_tasks = forms.BooleanField(label=_("To-dos with a day too"), required=False, initial=True)


class BookingPageForm(SeenForm, forms.ModelForm):  # type: ignore[type-arg]
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = BookingPage
        fields = (
            "title",
            "slug",
            "minutes",
            "location",
            "text",
            "buffer_minutes",
            "notice_hours",
            "days_ahead",
            "is_open",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].required = self.instance.pk is not None
        self.fields["title"].help_text = _("What visitors see, for example “Introduction, 30 minutes”.")
        self.fields["slug"].help_text = _("The last part of the link: letters, digits and hyphens.")
        self.fields["text"].widget.attrs["rows"] = 3

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


#: one address books so often in an hour at most
BOOKING_GUARD = Guard("booking")


class SlotField(forms.Field):
    """A moment as the page offers it: 20261201T0900Z."""

    def to_python(self, value: Any) -> datetime | None:
        text = str(value or "")[:20]
        if not text:
            return None
        try:
            return datetime.strptime(text, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        except ValueError as fault:
            raise ValidationError(_("Choose one of the times.")) from fault


class SlotForm(GuardedForm):
    """A time alone: moving what was booked."""

    at = SlotField(widget=forms.HiddenInput, error_messages={"required": _("Choose a time.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, guard=BOOKING_GUARD, **kwargs)


class BookForm(SlotForm):
    """Who books."""

    name = forms.CharField(label=_("Your name"), max_length=120, validators=[visible])
    email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    note = forms.CharField(
        label=_("What would you like to talk about?"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())
