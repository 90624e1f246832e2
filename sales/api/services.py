"""Placing orders from documents: the rules are those of the order form (sales.forms)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from crm.api.inputs import RowField, StrictSerializer, TextField
from crm.company.selectors import company, company_day
from crm.staff.models import User
from sales.forms import LARGEST, LineForm, OrderForm
from sales.models import Order, Product
from sales.selectors import products
from sales.services.order import Line, order_cancel, order_create, order_reinstate, order_return
from sales.services.product import product_create, product_edit

MOST_LINES = 200
Price = Callable[[Product, Decimal], Decimal | None]


class LineInput(StrictSerializer):
    """Without a unit price the product's own counts."""

    text = TextField(max_length=200, required=False, allow_blank=True)
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3, required=False)
    unit_amount = serializers.DecimalField(max_digits=16, decimal_places=4, required=False, allow_null=True)
    discount_rate = serializers.DecimalField(max_digits=5, decimal_places=2, required=False)

    def __init__(self, *args: Any, user: User | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = None if user is None else products(user)
        self.fields["product"] = RowField(rows, required=False, allow_null=True)


def lines(user: User | None) -> serializers.Field:
    return serializers.ListField(child=LineInput(user=user), min_length=1, max_length=MOST_LINES)


def placed_on(user: User | None) -> serializers.Field:
    return serializers.DateField(required=False, help_text=gettext_lazy("Today, unless it says another day."))


def currency(user: User | None) -> serializers.Field:
    words = gettext_lazy("The company's, unless it says another one.")
    return TextField(max_length=3, required=False, help_text=words)


def create_order(*, actor: User, values: Mapping[str, Any]) -> Order:
    head = OrderForm(
        {
            "customer": values["customer"].pk,
            "placed_on": values.get("placed_on", company_day()),
            "currency": values.get("currency", company().currency),
        },
        user=actor,
    )
    head_is_right = head.is_valid()
    forms = [line_form(actor, head.price, line) for line in values["lines"]]
    errors = {} if head_is_right else dict(head.errors)
    for index, form in enumerate(forms):
        errors |= {f"lines.{index}.{name}": texts for name, texts in form.errors.items()}
    if errors:
        raise ValidationError({name: list(texts) for name, texts in errors.items()})
    typed = [form.line() for form in forms]
    check_sum(typed, head.cleaned_data["currency"])
    return order_create(actor=actor, lines=typed, **head.cleaned_data)


def line_form(actor: User, price: Price, line: Mapping[str, Any]) -> LineForm:
    product = line.get("product")
    data = {
        "product": product.pk if product else "",
        "text": line.get("text", ""),
        "quantity": line.get("quantity", 1),
        "unit_amount": "" if line.get("unit_amount") is None else line["unit_amount"],
        "discount_rate": line.get("discount_rate", ""),
    }
    return LineForm(data, user=actor, price=price)


def check_sum(typed: list[Line], currency: str) -> None:
    if sum(line.amount(currency) for line in typed) > LARGEST:
        raise ValidationError({"lines": _("An order of more than 10^12 cannot be right.")})


#: fields of a product whose column is called otherwise
COLUMNS = {"price": "price_amount", "cost": "cost_amount"}


def create_product(*, actor: User, values: Mapping[str, Any]) -> Product:
    return product_create(actor=actor, values=by_column(values))


def edit_product(*, actor: User, obj: Product, values: Mapping[str, Any], version: int) -> Product:
    return product_edit(actor=actor, obj=obj, values=by_column(values), version=version)


def by_column(values: Mapping[str, Any]) -> dict[str, Any]:
    return {COLUMNS.get(key, key): value for key, value in values.items()}


def cancel_order(*, actor: User, obj: Order) -> Order:
    return order_cancel(actor=actor, order=obj)


def return_order(*, actor: User, obj: Order) -> Order:
    return order_return(actor=actor, order=obj)


def reinstate_order(*, actor: User, obj: Order) -> Order:
    return order_reinstate(actor=actor, order=obj)
