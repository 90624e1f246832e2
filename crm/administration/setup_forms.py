"""What the first-run set-up asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from crm.company.forms import CompanyForm, LogoForm
from crm.company.models import Company
from crm.money.forms import MOST_TEXT, read_table
from crm.money.pasting import Rate
from crm.staff.forms import AcceptForm


class SetupForm(CompanyForm):
    """The company, its rates and its logo; the administrator has a form of their own beside it."""

    rates = forms.CharField(
        label=_("Exchange rates"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(
            attrs={"rows": 3, "spellcheck": "false", "placeholder": "2026-03-14  USD  0.9211"}
        ),
        help_text=_(
            "Only if you sell in other currencies. One line each: day, currency, one unit of it in yours."
        ),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=LogoForm.base_fields["logo"].widget,
        help_text=_("May come later."),
    )

    def __init__(self, data: Any = None, *, company: Company, **more: Any) -> None:
        super().__init__(data, company=company, **more)
        self.fields["currency"].help_text = _("All totals are in it. It stays once there are amounts.")

    def clean_logo(self) -> "UploadedFile[Any] | None":
        return LogoForm.clean_logo(self) if self.cleaned_data["logo"] else None  # type: ignore[arg-type]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        self.read: list[Rate] = []
        if values.get("rates") and values.get("currency"):
            try:
                self.read = read_table(values["rates"], values["currency"], inverse=False)
            except ValidationError as fault:
                self.add_error("rates", fault.message_dict["table"])
        return values


class AdministratorForm(AcceptForm):
    email = forms.EmailField(
        label=_("Your e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    field_order = ("name", "email", "password", "again")
