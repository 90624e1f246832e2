"""Orders: the list, the record, placing, cancelling, returning."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.selectors import customers, value_strip
from crm.access.services import allowed, field_level
from crm.access.views import ProtectedView
from crm.lists.filters import readable_id
from crm.lists.state import ListState
from crm.lists.views import RecordListView
from crm.records.history import history_rows
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once
from sales.choices import OrderStatus
from sales.days import has_clock
from sales.forms import LineForms, OrderForm, QuantityPriceForm
from sales.kinds import ORDERS
from sales.models import Order
from sales.selectors import order_find, order_lines, product_find
from sales.services.order import order_cancel, order_create, order_reinstate, order_return


class OrderListView(RecordListView):
    permission = "sales.view_order"
    kind = ORDERS
    template = "sales/order_list.html"
    empty_template = "sales/order_list_empty.html"

    def more_context(self, state: ListState) -> dict[str, Any]:
        return {
            "can_create": allowed(self.user, "sales.create_order"),
            "can_import": allowed(self.user, "imports.create_import"),
        }


class OrderRecordView(ProtectedView):
    permission = "sales.view_order"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = order_find(self.user, pk)
        customer = (
            customers(self.user)
            .select_related("organisation__value", "value")
            .filter(pk=order.customer_id)
            .first()
        )
        context = {
            "order": order,
            "customer": customer,
            **(value_strip(self.user, customer) if customer else {}),
            "why_url": reverse("contacts:customer-record", args=[customer.pk]) if customer else "",
            "lines": [line_row(line) for line in order_lines(order)],
            "has_clock": has_clock(order.placed_at, order.placed_on),
            "shows_margin": field_level(self.user, "finance") != "hidden",
            "can": order_rights(self, order),
            "history": history_rows(self.user, order),
        }
        return render(request, "sales/order_record.html", context)


def line_row(line: Any) -> dict[str, Any]:
    return {
        "product_name": line.text or (line.product.name if line.product else ""),
        "quantity": line.quantity.normalize(),
        "unit_amount": line.unit_amount,
        "discount_rate": line.discount_rate,
        "amount": line.line_amount,
    }


def order_rights(view: ProtectedView, order: Order) -> dict[str, bool]:
    """What the person may do with the order in the state it is in."""
    may_edit = allowed(view.user, "sales.edit_order", order)
    placed = order.status == OrderStatus.PLACED
    return {
        "cancel": may_edit and placed,
        "return": may_edit and placed,
        "reinstate": may_edit and not placed,
    }


class OrderCreateView(ProtectedView):
    permission = "sales.create_order"

    def get(self, request: HttpRequest) -> HttpResponse:
        customer = request.GET.get("customer", "")
        found = customers(self.user).filter(pk=customer).first() if readable_id(customer) else None
        form = OrderForm(user=self.user, initial={"customer": found.pk if found else ""})
        return self.page(form, LineForms(form_kwargs={"user": self.user}, prefix="lines"), found)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OrderForm(request.POST, user=self.user)
        head_is_right = form.is_valid()
        known = {"user": self.user, "price": form.price}
        lines: Any = LineForms(request.POST, form_kwargs=known, prefix="lines")
        if lines.is_valid() and head_is_right:
            try:
                order = self.save(form, lines)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            except ValidationError as fault:
                form.add_error(None, fault)
            else:
                messages.success(request, _("Order %s was placed.") % order.external_id)
                return redirect("sales:order-record", order.pk)
        return self.page(
            form, lines, form.cleaned_data.get("customer") if form.is_bound else None, status=422
        )

    def save(self, form: OrderForm, lines: Any) -> Order:
        return submit_once(
            actor=self.user,
            sent=sent_form(self.request),
            create=lambda: order_create(actor=self.user, lines=lines.lines(), **form.cleaned_data),
        )

    def page(self, form: OrderForm, lines: Any, customer: Any, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "lines": lines, "obj": None, "customer": customer}
        return render(self.request, "sales/order_form.html", context, status=status)


class ProductPriceView(ProtectedView):
    """What a product costs on a day in a currency; null when that is not known."""

    permission = "sales.view_product"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        product = product_find(self.user, pk)
        form = QuantityPriceForm(request.GET, user=self.user)
        form.is_valid()  # without a customer that the reader may see, the price is everybody's
        quantity = form.cleaned_data.get("quantity") or Decimal(1)
        return JsonResponse({"unit_amount": form.price(product, quantity)})


class OrderCancelView(ProtectedView):
    permission = "sales.cancel_order"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = order_cancel(actor=self.user, order=order_find(self.user, pk))
        return undoable(request, order, _("Order %s was cancelled.") % order.external_id)


class OrderReturnView(ProtectedView):
    permission = "sales.return_order"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = order_return(actor=self.user, order=order_find(self.user, pk))
        return undoable(request, order, _("Order %s was returned.") % order.external_id)


def undoable(request: HttpRequest, order: Order, text: str) -> HttpResponse:
    undo_message(request, text, reverse("sales:order-reinstate", args=[order.pk]))
    return redirect("sales:order-record", order.pk)


class OrderReinstateView(ProtectedView):
    permission = "sales.reinstate_order"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        order = order_reinstate(actor=self.user, order=order_find(self.user, pk))
        messages.success(request, _("Order %s counts again.") % order.external_id)
        return redirect("sales:order-record", pk)
