"""What hangs on a deal: its lines, people, competitors."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.views import ProtectedView
from crm.company.selectors import company_day
from crm.lists.kind_view import read_version
from crm.records.errors import StaleRecord
from sales.choices import DealRole
from sales.deal_forms import CompetitorForm, PersonForm
from sales.deal_pricing import deal_price
from sales.forms import LineForms
from sales.models import Deal, DealCompetitor, DealPerson
from sales.selectors import deal_find, deal_lines
from sales.services.deal_lines import (
    deal_competitor_add,
    deal_competitor_remove,
    deal_lines_save,
    deal_person_add,
    deal_person_remove,
)


def tab(deal: Deal, key: str) -> HttpResponse:
    return redirect(f"{reverse('sales:deal-record', args=[deal.pk])}?tab={key}")


class DealLinesView(ProtectedView):
    """The lines as a form of their own."""

    permission = "sales.edit_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        rows = [line_initial(line) for line in deal_lines(deal)]
        return self.page(deal, self.forms(deal, None, rows), deal.version)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        lines, version = self.forms(deal, request.POST), read_version(request, deal)
        if not lines.is_valid():
            return self.page(deal, lines, version, status=422)
        try:
            deal_lines_save(actor=self.user, deal=deal, lines=lines.lines(), version=version)
        except StaleRecord as stale:
            fault = _(
                "Somebody else changed this deal meanwhile. Look at it, then save again to replace its lines."
            )
            return self.page(deal, lines, stale.current.version, status=409, fault=fault)
        except ValidationError as fault:
            return self.page(deal, lines, version, status=422, fault=" ".join(fault.messages))
        messages.success(request, _("The lines were saved."))
        return tab(deal, "lines")

    def forms(self, deal: Deal, data: Any, initial: Any = None) -> Any:
        known = {"user": self.user, "price": deal_price(deal)}
        return LineForms(data, form_kwargs=known, prefix="lines", initial=initial)

    def page(
        self, deal: Deal, lines: Any, version: int, *, status: int = 200, fault: str = ""
    ) -> HttpResponse:
        context = {"deal": deal, "lines": lines, "version": version, "fault": fault, "today": company_day()}
        return render(self.request, "sales/deal_lines_form.html", context, status=status)


def line_initial(line: Any) -> dict[str, Any]:
    return {
        "product": line.product_id,
        "text": line.text,
        "quantity": short(line.quantity),
        "unit_amount": short(line.unit_amount),
        "discount_rate": short(line.discount_rate) if line.discount_rate else "",
    }


def short(value: Decimal) -> str:
    """Without the zeros behind it, and never as a power of ten."""
    return f"{value.normalize():f}"


class PersonAddView(ProtectedView):
    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal, form = deal_find(self.user, pk), PersonForm(request.POST, user=self.user)
        try:
            if not form.is_valid():
                raise ValidationError([text for texts in form.errors.values() for text in texts])
            role = DealRole(form.cleaned_data["role"])
            deal_person_add(actor=self.user, deal=deal, customer=form.cleaned_data["customer"], role=role)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return tab(deal, "people")


class PersonRemoveView(ProtectedView):
    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        person = DealPerson.objects.filter(deal=deal, pk=person_pk).first()
        if person is None:
            raise Http404
        deal_person_remove(actor=self.user, person=person)
        return tab(deal, "people")


class CompetitorAddView(ProtectedView):
    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal, form = deal_find(self.user, pk), CompetitorForm(request.POST)
        if form.is_valid():
            deal_competitor_add(actor=self.user, deal=deal, **form.cleaned_data)
        else:
            messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
        return tab(deal, "people")


class CompetitorRemoveView(ProtectedView):
    permission = "sales.edit_deal"

    def post(self, request: HttpRequest, pk: int, competitor_pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        competitor = DealCompetitor.objects.filter(deal=deal, pk=competitor_pk).first()
        if competitor is None:
            raise Http404
        deal_competitor_remove(actor=self.user, competitor=competitor)
        return tab(deal, "people")
