"""Another probability than that of the stage, with its reason, in one small form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.views import ProtectedView
from crm.back import back
from crm.dialogs import render_dialog
from crm.records.errors import StaleRecord
from crm.records.forms import name_version
from sales.deal_forms import ProbabilityForm, refuse
from sales.models import Deal
from sales.selectors import deal_find
from sales.services.deal import deal_edit


class DealProbabilityView(ProtectedView):
    permission = "sales.edit_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        names = ("version", "probability", "probability_reason")
        return self.dialog(deal, ProbabilityForm(initial={name: getattr(deal, name) for name in names}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        form = ProbabilityForm(request.POST)
        if not form.is_valid():
            return self.dialog(deal, form, status=422)
        values: dict[str, Any] = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            deal_edit(actor=self.user, deal=deal, values=values, version=version)
        except StaleRecord as stale:
            form.add_error(None, _("Somebody else changed this deal meanwhile. Look at it again."))
            name_version(form, stale.current.version)
            return self.dialog(deal, form, status=409)
        except ValidationError as fault:
            refuse(form, fault)
            return self.dialog(deal, form, status=422)
        return back(request, _("Saved."), reverse("sales:deal-record", args=[pk]))

    def dialog(self, deal: Deal, form: forms.Form, *, status: int = 200) -> HttpResponse:
        context = {"deal": deal, "form": form}
        return render_dialog(self.request, "sales/deal_probability.html", context, status=status)
