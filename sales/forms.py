"""The order form: a head and its lines."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models import Customer
from contacts.selectors import customers
from crm.company.selectors import company, company_day
from crm.money.currencies import DECIMALS
from crm.records.forms import RecordChoiceField
from crm.staff.models import User
from sales.models import Product
from sales.selectors import products
from sales.services.order import Line

LARGEST = Decimal(10**12)
EARLIEST = date(1900, 1, 1)


class OrderForm(forms.Form):
    customer = RecordChoiceField(Customer, label=_("Customer"), required=True)
    placed_on = forms.DateField(label=_("Placed on"), widget=forms.DateInput(attrs={"type": "date"}))
    currency = forms.CharField(label=_("Currency"), max_length=3)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "placed_on": company_day(),
            "currency": company().currency,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers(user)  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if currency not in DECIMALS:
            raise forms.ValidationError(_("There is no such currency."))
        return currency

    def clean_placed_on(self) -> date:
        day: date = self.cleaned_data["placed_on"]
        if not EARLIEST <= day <= company_day() + timedelta(days=1):
            raise forms.ValidationError(_("An order is placed today or earlier, and not before 1900."))
        return day


class LineForm(forms.Form):
    product = RecordChoiceField(Product, label=_("Product"))
    text = forms.CharField(label=_("Text"), max_length=200, required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=Decimal("0.001"), max_digits=12, decimal_places=3, initial=1
    )
    unit_amount = forms.DecimalField(label=_("Unit price"), min_value=0, max_digits=16, decimal_places=4)
    discount_rate = forms.DecimalField(
        label=_("Discount %"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("product") and not data.get("text"):
            self.add_error("text", _("Choose a product or say what was sold."))
        return data

    def line(self) -> Line:
        data = self.cleaned_data
        rate = data["discount_rate"] or Decimal(0)
        return Line(data["quantity"], data["unit_amount"], data["product"], data["text"], rate)


class BaseLines(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        total = sum((form.line().amount("USD") for form in self.forms if form.has_changed()), Decimal(0))
        if total > LARGEST:
            raise forms.ValidationError(_("An order of more than 10^12 cannot be right."))

    def lines(self) -> list[Line]:
        return [form.line() for form in self.forms if form.has_changed() and form not in self.deleted_forms]


LineForms = forms.formset_factory(
    LineForm,
    formset=BaseLines,
    extra=1,
    min_num=1,
    validate_min=True,
    max_num=200,
    validate_max=True,
    can_delete=True,
)
