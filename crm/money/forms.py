"""Exchange rates as forms."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.company.reading import date_style
from crm.company.selectors import company, company_day
from crm.money.currencies import DECIMALS
from crm.money.pasting import Rate, read_rates
from crm.world import currency_choices

MOST_TEXT = 400_000


class RateForm(forms.Form):
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    valid_on = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    rate = forms.DecimalField(
        label=gettext_lazy("Rate"), max_digits=18, decimal_places=8, min_value=Decimal("0.00000001")
    )

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial={"valid_on": company_day(), **(initial or {})})
        own = company().currency
        codes = currency_choices(DECIMALS.keys() - {own})
        self.fields["currency"].choices = [("", "–"), *codes]  # type: ignore[attr-defined]
        self.fields["rate"].help_text = _("One unit of it in %s.") % own


class RateEditForm(forms.Form):
    rate = forms.DecimalField(
        label=gettext_lazy("Rate"), max_digits=18, decimal_places=8, min_value=Decimal("0.00000001")
    )


class PasteForm(forms.Form):
    """A table from a spreadsheet, or a list; every line must be readable, else nothing is taken."""

    direction = forms.ChoiceField(label=gettext_lazy("A line says"))
    table = forms.CharField(
        label=gettext_lazy("Table"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One line each: day, currency, rate. Tabs, semicolons or spaces between them."
        ),
    )
    rates: list[Rate]

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        own = company().currency
        self.fields["direction"].choices = [  # type: ignore[attr-defined]
            ("own", _("what one unit of the currency is in %s") % own),
            ("inverse", _("how much of the currency one %s buys") % own),
        ]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        if "table" in values and "direction" in values:
            is_inverse = values["direction"] == "inverse"
            self.rates = read_table(values["table"], company().currency, inverse=is_inverse)
        return values


def read_table(text: str, own: str, *, inverse: bool) -> list[Rate]:
    """Raises ValidationError that names the lines."""
    rates, faults = read_rates(text, own=own, inverse=inverse, style=date_style.get())
    if faults:
        words = [_("Line %(line)d: %(text)s") % {"line": fault.line, "text": fault.text} for fault in faults]
        raise ValidationError({"table": words})
    if not rates:
        raise ValidationError({"table": _("There is no rate in it.")})
    return rates
