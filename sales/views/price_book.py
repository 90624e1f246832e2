"""Who gets a price book; and which books hold for a customer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contacts.selectors import customers
from crm.access.services import find
from crm.access.views import ProtectedView
from crm.company.selectors import company, company_day
from crm.dialogs import render_dialog
from crm.lists.catalogue import catalogue, words
from crm.money.selectors import currencies
from crm.records.errors import StaleRecord
from crm.records.forms import name_version
from crm.records.kinds import kinds
from sales.book_rules import CUSTOMER
from sales.book_words import told
from sales.models import PriceBook
from sales.price_forms import BookRuleForm
from sales.prices import Pricing
from sales.services.price_book import price_book_rule_edit


class PriceBookRuleView(ProtectedView):
    permission = "sales.edit_pricebook"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        book = self.book(pk)
        return self.page(book, BookRuleForm(book=book, user=self.user))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        book = self.book(pk)
        form = BookRuleForm(request.POST, book=book, user=self.user)
        if not form.is_valid():
            return self.page(book, form, status=422)
        try:
            price_book_rule_edit(actor=self.user, book=book, **form.cleaned_data)
        except StaleRecord as stale:
            form.add_error(
                None, _("Somebody else changed this book meanwhile. Save again to put your rule in place.")
            )
            name_version(form, stale.current.version)
            return self.page(book, form, status=409)
        messages.success(request, _("Saved. Lines that are written already keep their prices."))
        return redirect("sales:pricebook-record", pk)

    def book(self, pk: int) -> PriceBook:
        return find(PriceBook.objects.filter(deleted_at=None), self.user, pk)

    def page(self, book: PriceBook, form: BookRuleForm, *, status: int = 200) -> HttpResponse:
        kind = kinds()[CUSTOMER]
        context: dict[str, Any] = {
            "book": book,
            "form": form,
            "kind": kind,
            "tree": form.tree(),
            "catalogue": catalogue(kind, self.user) | words(),
        }
        return render(self.request, "sales/price_book_rule.html", context, status=status)


class CustomerPricesView(ProtectedView):
    """Which books hold for a customer today, in which order, and why; as a dialog or a page of its own."""

    permission = "sales.view_pricebook"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = find(customers(self.user).select_related("organisation"), self.user, pk)
        asked = request.GET.get("currency", "")
        currency = asked if asked in currencies() else company().currency
        pricing = Pricing(customer, currency, company_day())
        payer = customer.organisation or customer
        context = {
            "customer": customer,
            "payer": payer
            if payer != customer and customers(self.user).filter(pk=payer.pk).exists()
            else None,
            "currency": currency,
            "rows": told(self.user, pricing, payer),
        }
        return render_dialog(request, "sales/customer_prices.html", context)
