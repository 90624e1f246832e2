"""The form of a mail account."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.company.selectors import company_day
from crm.mail.choices import SignIn
from crm.mail.models import MailAccount
from crm.mail.oauth import provider_of
from crm.mail.services.accounts import FIELDS
from crm.records.forms import SeenForm
from crm.texts import visible


def sign_in_choices(current: str) -> list[tuple[str, Any]]:
    """Providers that the operator has set up; the one an account has stays choosable."""
    return [
        (value, label)
        for value, label in SignIn.choices
        if value in (SignIn.PASSWORD, current) or value in settings.MAIL_OAUTH
    ]


class AccountForm(SeenForm, forms.ModelForm):  # type: ignore[type-arg]
    """A mailbox; the password goes in and is never shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = MailAccount
        fields = FIELDS
        help_texts = {
            "name": gettext_lazy("How colleagues call it: Support, Sales."),
            "username": gettext_lazy("Only if it is not the e-mail address."),
            "sent_folder": gettext_lazy("Sent, or [Gmail]/Sent Mail: what you write elsewhere is read too."),
            "since_on": gettext_lazy("Older mails stay on the server unread."),
            "sign_in": gettext_lazy("Google and Microsoft ask you there, once the account is saved."),
        }

    groups = (
        (gettext_lazy("Mailbox"), ("name", "address", "sign_in", "username", "password")),
        (
            gettext_lazy("Receiving (IMAP)"),
            ("imap_host", "imap_port", "imap_security", "folder", "sent_folder", "since_on"),
        ),
        (gettext_lazy("Sending (SMTP)"), ("smtp_host", "smtp_port", "smtp_security")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance.pk is None
        if is_new:
            self.initial["since_on"] = company_day()
        self.initial["version"] = self.instance.version
        self.fields["since_on"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        self.fields["sign_in"].choices = sign_in_choices(self.instance.sign_in)  # type: ignore[attr-defined]
        self.fields["imap_host"].required = False
        self.fields["version"].required = not is_new
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        if self.instance.secret:
            self.fields["password"].help_text = _("One is stored; leave this empty to keep it.")
        for name in ("name", "username", "folder", "sent_folder"):
            self.fields[name].validators.append(visible)

    def field_groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(label, [self[name] for name in names]) for label, names in self.groups]

    def clean_since_on(self) -> date:
        day: date = self.cleaned_data["since_on"]
        if not 1990 <= day.year <= 2100:
            raise ValidationError(_("Give a day between 1990 and 2100."))
        return day

    def clean(self) -> dict[str, Any]:
        """A provider knows its servers; everybody else names them."""
        values = self.cleaned_data
        sign_in = values.get("sign_in", SignIn.PASSWORD)
        if sign_in in settings.MAIL_OAUTH:
            provider = provider_of(sign_in)
            values["imap_host"] = values.get("imap_host") or provider.imap_host
            values["smtp_host"] = values.get("smtp_host") or provider.smtp_host
        elif not values.get("imap_host"):
            self.add_error("imap_host", _("Name the server, such as imap.example.com."))
        return values

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}
