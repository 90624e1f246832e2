"""The order form: a head and its lines."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext_lazy as _

from contacts.models import Customer
from contacts.selectors import customers
from crm.company.selectors import company_day
from crm.money.selectors import currencies
from crm.money.services import NoRate, rate_on
from crm.records.forms import RecordChoiceField
from crm.staff.models import User
from sales.models import Product
from sales.prices import Pricing
from sales.selectors import products
from sales.services.order import Line

LARGEST = Decimal(10**12)
EARLIEST = date(1900, 1, 1)


class PriceForm(forms.Form):
    """For which day and in which currency a price is asked."""

    placed_on = forms.DateField(label=_("Placed on"), widget=forms.DateInput(attrs={"type": "date"}))
    currency = forms.ChoiceField(
        label=_("Currency"), error_messages={"invalid_choice": _("There is no such currency.")}
    )

    prices: Pricing | None = None  # the books are asked once, however many lines there are

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_currencies = currencies()
        self.fields["currency"].choices = [(name, name) for name in self.known_currencies]  # type: ignore[attr-defined]

    def clean_placed_on(self) -> date:
        day: date = self.cleaned_data["placed_on"]
        if not EARLIEST <= day <= company_day() + timedelta(days=1):
            raise forms.ValidationError(_("An order is placed today or earlier, and not before 1900."))
        return day

    def clean(self) -> dict[str, Any]:
        """A foreign currency needs a rate for the day."""
        data: dict[str, Any] = super().clean() or {}
        if {"currency", "placed_on"} <= data.keys():
            try:
                rate_on(data["currency"], data["placed_on"])
            except NoRate as fault:
                self.add_error("currency", str(fault))
        return data

    def price(self, product: Product, quantity: Decimal) -> Decimal | None:
        """What the product costs the customer that day; None as long as day and currency are wrong."""
        known = self.cleaned_data
        if not {"currency", "placed_on"} <= known.keys():
            return None
        if self.prices is None:
            self.prices = Pricing(known.get("customer"), known["currency"], known["placed_on"])
        found = self.prices.price(product, quantity)
        return found.amount if found else None


class OrderForm(PriceForm):
    field_order = ("customer", "placed_on", "currency")

    customer = RecordChoiceField(Customer, label=_("Customer"), required=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"placed_on": company_day(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = customers(user)  # type: ignore[attr-defined]


class QuantityPriceForm(OrderForm):
    """What one of a product costs: for whom, and how many of it."""

    quantity = forms.DecimalField(min_value=Decimal("0.001"), max_digits=12, decimal_places=3, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].required = False


def no_price(_product: Product, _quantity: Decimal) -> Decimal | None:
    return None


class LineForm(forms.Form):
    """`price` tells what a product costs when the line does not say it."""

    product = RecordChoiceField(Product, label=_("Product"))
    text = forms.CharField(label=_("Text"), max_length=200, required=False)
    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=Decimal("0.001"), max_digits=12, decimal_places=3, initial=1
    )
    unit_amount = forms.DecimalField(
        label=_("Unit price"), min_value=0, max_digits=16, decimal_places=4, required=False
    )
    discount_rate = forms.DecimalField(
        label=_("Discount %"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )

    def __init__(
        self,
        *args: Any,
        user: User,
        price: Callable[[Product, Decimal], Decimal | None] = no_price,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.price = price
        self.fields["product"].queryset = products(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("product") and not data.get("text") and "product" not in self.errors:
            self.add_error("text", _("Choose a product or say what was sold."))
        if "unit_amount" in data and data["unit_amount"] is None:
            asked = data.get("product"), data.get("quantity")
            data["unit_amount"] = self.price(*asked) if all(asked) else None  # type: ignore[arg-type]
            if data["unit_amount"] is None:
                self.add_error("unit_amount", _("Say what one costs."))
        return data

    def line(self) -> Line:
        data = self.cleaned_data
        rate = data["discount_rate"] or Decimal(0)
        return Line(data["quantity"], data["unit_amount"], data["product"], data["text"], rate)


class BaseLines(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        super().clean()
        kept = self.kept()
        if not kept:
            raise forms.ValidationError(_("Add at least one line."))
        if any(form.errors for form in kept):
            return
        if sum((form.line().amount("USD") for form in kept), Decimal(0)) > LARGEST:
            raise forms.ValidationError(_("An order of more than 10^12 cannot be right."))

    def kept(self) -> list[LineForm]:
        """The lines that say something and were not taken out."""
        filled = [form for form in self.forms if form.has_changed()]
        return [form for form in filled if not form.cleaned_data.get(DELETION_FIELD_NAME)]

    def lines(self) -> list[Line]:
        return [form.line() for form in self.kept()]


LineForms = forms.formset_factory(
    LineForm, formset=BaseLines, extra=1, max_num=200, validate_max=True, can_delete=True
)
