"""Deals: the list, a new one, deleting and restoring."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.permissions import VIEW_VALUE
from contacts.selectors import customers
from crm.access.services import allowed, find
from crm.access.views import ProtectedView
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.lists.filters import readable_id
from crm.lists.state import ListState
from crm.lists.views import RecordListView
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once
from sales.deal_forms import DealForm
from sales.deal_kind import DEALS
from sales.models import Deal
from sales.selectors import deal_find, first_pipeline_id
from sales.services.deal import deal_create, deal_delete, deal_restore


class DealListView(RecordListView):
    permission = "sales.view_deal"
    kind = DEALS
    template = "sales/deal_list.html"
    empty_template = "sales/deal_list_empty.html"

    def more_context(self, state: ListState) -> dict[str, Any]:
        return {
            "can_create": allowed(self.user, "sales.create_deal"),
            "knows_groups": allowed(self.user, VIEW_VALUE),
        }


class DealBoardView(DealListView):
    """The list as a board of one pipeline, unless the address says otherwise."""

    def asked(self, request: HttpRequest) -> QueryDict:
        asked = request.GET.copy()
        asked.setdefault("layout", "board")
        asked.setdefault("board", "stage")
        if not asked.get("pipeline"):
            asked["pipeline"] = str(first_pipeline_id())
        return asked


class DealCreateView(ProtectedView):
    """A dialog over the page it was opened from, or a page of its own."""

    permission = "sales.create_deal"

    def get(self, request: HttpRequest) -> HttpResponse:
        pk = request.GET.get("customer", "")
        customer = customers(self.user).filter(pk=pk).first() if readable_id(pk) else None
        return self.page(
            DealForm(user=self.user, initial={"customer": customer.pk if customer else ""}), customer
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DealForm(request.POST, user=self.user)
        if form.is_valid():
            try:
                deal = self.save(form)
            except ValidationError as fault:
                form.refuse(fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return self.created(deal)
        return self.page(form, form.cleaned_data.get("customer"), status=422)

    def save(self, form: DealForm) -> Deal:
        return submit_once(
            actor=self.user,
            sent=sent_form(self.request),
            create=lambda: deal_create(actor=self.user, values=form.values()),
        )

    def created(self, deal: Deal) -> HttpResponse:
        address = reverse("sales:deal-record", args=[deal.pk])
        return (
            HttpResponse(headers={"HX-Redirect": address}) if is_fragment(self.request) else redirect(address)
        )

    def page(self, form: DealForm, customer: Any, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "customer": customer}
        return render_dialog(self.request, "sales/deal_form.html", context, status=status)


class DealDeleteView(ProtectedView):
    permission = "sales.delete_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_delete(actor=self.user, deal=deal_find(self.user, pk))
        undo_message(request, _("%s was deleted.") % deal, reverse("sales:deal-restore", args=[pk]))
        return redirect("sales:deal-list")


class DealRestoreView(ProtectedView):
    permission = "sales.restore_deal"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = find(Deal.objects.filter(deleted_at__isnull=False), self.user, pk)
        deal_restore(actor=self.user, deal=deal)
        messages.success(request, _("%s is back.") % deal)
        return redirect("sales:deal-record", pk)
