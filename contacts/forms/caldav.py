"""Forms of connected calendars."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contacts.models import CalendarAccount, Customer
from contacts.selectors import customers
from crm.outgoing import OutgoingRefused, read_url
from crm.records.forms import RecordChoiceField, SeenForm
from crm.staff.models import User
from crm.texts import visible


class PasswordInput(forms.PasswordInput):
    """Never filled in again, and none of the passwords that a browser keeps for this site."""

    def __init__(self) -> None:
        super().__init__(render_value=False, attrs={"autocomplete": "new-password"})


class ConnectForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, validators=[visible], help_text=_("For example “Nextcloud”.")
    )
    url = forms.CharField(
        label=_("Address of the server"),
        max_length=500,
        help_text=_("As your provider names it for CalDAV, for example https://caldav.icloud.com"),
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
    )
    username = forms.CharField(
        label=_("User name"), max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    password = forms.CharField(
        label=_("App password"),
        max_length=500,
        strip=False,
        widget=PasswordInput(),
        help_text=_("Made in your account there, for Tenure alone. It is kept encrypted."),
    )

    def clean_url(self) -> str:
        """A host alone is meant as https://."""
        url = str(self.cleaned_data["url"]).strip()
        url = url if "://" in url else f"https://{url}"
        try:
            read_url(url)
        except OutgoingRefused as fault:
            raise ValidationError(str(fault)) from fault
        return url


class CalendarAccountForm(SeenForm, forms.ModelForm):  # type: ignore[type-arg]
    version = forms.IntegerField(widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("New app password"),
        max_length=500,
        strip=False,
        required=False,
        widget=PasswordInput(),
        help_text=_("Leave it empty to keep the one that is stored."),
    )

    class Meta:
        model = CalendarAccount
        fields = ("calendar_url", "name", "writes", "detail", "reads")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(item["url"], item["name"]) for item in self.instance.calendars]
        if not self.instance.calendar_url:
            choices = [("", _("Choose a calendar")), *choices]
        self.fields["calendar_url"] = forms.ChoiceField(label=_("Calendar"), choices=choices)
        if self.instance.calendar_url:
            help_text = _("Choose another one, and what was written into this one stays there.")
            self.fields["calendar_url"].help_text = help_text

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def shown(self) -> list[str]:
        """A password is never shown again, not even to compare it."""
        return [name for name in super().shown() if name != "password"]


class AdoptForm(forms.Form):
    customer = RecordChoiceField(Customer, label=_("Customer"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers(user)  # type: ignore[attr-defined]
