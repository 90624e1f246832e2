"""The company as a form; the same fields in the first-run set-up and in the settings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from crm.company.images import NotAnImage, raster_kind
from crm.company.models import Company
from crm.company.reading import DATE_CHOICES, NUMBER_CHOICES, WEEK_CHOICES
from crm.money.currencies import DECIMALS
from crm.records.forms import SeenForm
from crm.staff.forms import time_zone_choices
from crm.texts import visible
from crm.world import country_choices, currency_choices

FIELDS = ("name", "address", "country", "currency", "time_zone", "week_start", "number_style", "date_style")
LOGO_LIMIT = 1024 * 1024


class CompanyForm(SeenForm, forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=_("Company name"), max_length=150, validators=[visible])
    address = forms.CharField(
        label=_("Address on documents"),
        max_length=500,
        required=False,
        validators=[visible],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As it stands on quotes, with whatever else must be there: a tax number, a telephone."),
    )
    country = forms.ChoiceField(label=_("Country"))
    currency = forms.ChoiceField(
        label=_("Currency"),
        help_text=_("All totals are in it. It cannot be changed once there are amounts."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Decides when a day begins."))
    week_start = forms.TypedChoiceField(label=_("The week begins on"), choices=WEEK_CHOICES, coerce=int)
    number_style = forms.ChoiceField(label=_("Numbers"), choices=NUMBER_CHOICES, required=False)
    date_style = forms.ChoiceField(label=_("Days"), choices=DATE_CHOICES, required=False)

    def __init__(self, data: Any = None, *, company: Company, **more: Any) -> None:
        initial = {name: getattr(company, name) for name in ("version", *FIELDS)}
        super().__init__(data, initial=initial, **more)
        choices: dict[str, list[tuple[str, str]]] = {
            "country": country_choices()[1:],
            "currency": currency_choices(DECIMALS),
            "time_zone": time_zone_choices(),
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("A PNG, JPEG or WebP of at most 1 MB; square ones look best."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_logo(self) -> "UploadedFile[Any]":
        upload: UploadedFile[Any] = self.cleaned_data["logo"]
        if (upload.size or 0) > LOGO_LIMIT:
            raise ValidationError(_("This file is larger than 1 MB."))
        try:
            raster_kind(upload.file)  # type: ignore[arg-type]
        except NotAnImage:
            raise ValidationError(
                _("This is no PNG, JPEG or WebP image of at most 4,000 pixels a side.")
            ) from None
        return upload
