"""The composer of e-mails, and the templates."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.email_reach import Reachable, reachable
from contacts.email_selectors import sending_accounts
from contacts.models import Customer, EmailTemplate
from contacts.services.email_templates import gaps_in
from crm.lists.filters import readable_id
from crm.mail.models import MailAccount
from crm.staff.models import User
from crm.texts import visible

#: what servers of receivers usually take in all
MOST_BYTES = 20 * 1024 * 1024
MOST_FILES = 20


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class EmailForm(forms.Form):
    """A mail to a customer. `to` are the chosen addresses: the first is written to, the others get a copy."""

    to = forms.MultipleChoiceField(
        label=gettext_lazy("To"),
        error_messages={
            "required": gettext_lazy("Choose whom to write to."),
            "invalid_choice": gettext_lazy("%(value)s is no address of this customer any more."),
        },
    )
    account = forms.ChoiceField(label=gettext_lazy("From"), required=False)
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=300,
        error_messages={"required": gettext_lazy("Write a subject.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=50_000,
        strip=False,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Write a text.")},
    )
    reply = forms.IntegerField(required=False, widget=forms.HiddenInput)
    about = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known: list[Reachable] = unique(reachable(user, customer))
        self.accounts: list[MailAccount] = sending_accounts(user)
        self.fields["to"].choices = [(one.address, one.address) for one in self.known]  # type: ignore[attr-defined]
        self.fields["account"].choices = [  # type: ignore[attr-defined]
            ("", ""),
            *((str(one.pk), f"{user.name} <{one.address}>") for one in self.accounts),
        ]

    def chosen(self) -> list[str]:
        return [str(one) for one in self["to"].value() or []]

    def receivers(self) -> list[dict[str, Any]]:
        """Every address to choose from, and whether it is chosen."""
        chosen = self.chosen()
        return [{"one": one, "chosen": one.address in chosen} for one in self.known]

    def clean_subject(self) -> str:
        return self.whole(self.cleaned_data["subject"])

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").rstrip()
        if not text.strip():
            raise ValidationError(_("Write a text."))
        return self.whole(text)

    def whole(self, text: str) -> str:
        """What a template left open is written by a person, never sent as it is."""
        gaps = gaps_in(text)
        if gaps:
            raise ValidationError(_("Fill in first: %s") % ", ".join(gaps[:5]))
        return text

    def account_chosen(self) -> MailAccount | None:
        wanted = self.cleaned_data["account"]
        return next((one for one in self.accounts if str(one.pk) == wanted), None)


def unique(known: list[Reachable]) -> list[Reachable]:
    found: dict[str, Reachable] = {}
    for one in known:
        found.setdefault(one.address, one)
    return list(found.values())


def check_files(uploads: "list[UploadedFile[Any]]") -> None:
    """Raises ValidationError for more than a mail can carry."""
    if len(uploads) > MOST_FILES:
        raise ValidationError(_("A mail takes at most %d files.") % MOST_FILES)
    if sum(upload.size or 0 for upload in uploads) > MOST_BYTES:
        raise ValidationError(_("The files of a mail may have %d MB together.") % (MOST_BYTES // 2**20))


def asked_id(text: str) -> int | None:
    return int(text) if readable_id(text) else None


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """A template of e-mails."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = EmailTemplate
        fields = ("name", "subject", "text", "sharing")
        widgets = {"text": forms.Textarea(attrs={"rows": 14})}
        help_texts = {
            "subject": gettext_lazy("Leave it empty for a text that is put into any mail."),
        }

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share and self.instance.sharing != "all":
            choices = [choice for choice in self.fields["sharing"].choices if choice[0] != "all"]  # type: ignore[attr-defined]
            self.fields["sharing"].choices = choices  # type: ignore[attr-defined]
        self.fields["subject"].validators.append(visible)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SignatureForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Signature"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Stands below the mails that you begin to write, and in templates that ask for it."
        ),
    )
