"""Exchange rates by day: list, adding, changing, removing, pasting a table."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.money.forms import PasteForm, RateEditForm, RateForm
from crm.money.models import ExchangeRate
from crm.money.rates import rate_create, rate_delete, rate_edit, rates_paste
from crm.money.selectors import newest_rates, rate_before, rows_reckoned


class RatesView(ProtectedView):
    """The newest rate of each currency; of one (`?currency=`) all of them."""

    permission = "money.view_rate"

    def get(self, request: HttpRequest) -> HttpResponse:
        currency = request.GET.get("currency", "")[:3]
        context = {"can_edit": allowed(self.user, "money.edit_rate"), "currency": currency, "count_text": ""}
        if not currency:
            return render(request, "money/rates.html", {**context, "newest": newest_rates()})
        rows = ExchangeRate.objects.filter(currency=currency)
        page = keyset_page(rows, request.GET, field="valid_on")
        return render(request, "money/rates.html", {**context, **page.context()})


class RateCreateView(ProtectedView):
    permission = "money.edit_rate"

    def get(self, request: HttpRequest) -> HttpResponse:
        initial = {"currency": request.GET.get("currency", "")}
        return render(request, "money/rate_form.html", {"form": RateForm(initial=initial)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RateForm(request.POST)
        if form.is_valid():
            try:
                rate_create(actor=self.user, **form.cleaned_data)
            except ValidationError as fault:
                form.add_error(None, fault)
            else:
                messages.success(request, _("The rate counts from now on."))
                return redirect("money:rates")
        return render(request, "money/rate_form.html", {"form": form}, status=422)


class RateView(ProtectedView):
    """One rate: what it reckoned, changing and removing it."""

    permission = "money.edit_rate"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = get_object_or_404(ExchangeRate, pk=pk)
        return self.page(request, obj, RateEditForm(initial={"rate": obj.rate.normalize()}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = get_object_or_404(ExchangeRate, pk=pk)
        form = RateEditForm(request.POST)
        if not form.is_valid():
            return self.page(request, obj, form, status=422)
        rate_edit(actor=self.user, obj=obj, rate=form.cleaned_data["rate"])
        messages.success(request, _("Saved."))
        return redirect("money:rates")

    def page(
        self, request: HttpRequest, obj: ExchangeRate, form: RateEditForm, status: int = 200
    ) -> HttpResponse:
        context = {"obj": obj, "form": form, "reckoned": rows_reckoned(obj), "before": rate_before(obj)}
        return render(request, "money/rate.html", context, status=status)


class RateDeleteView(ProtectedView):
    permission = "money.edit_rate"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = get_object_or_404(ExchangeRate, pk=pk)
        rate_delete(actor=self.user, obj=obj)
        messages.success(request, _("The rate is removed."))
        return redirect("money:rates")


class RatesPasteView(ProtectedView):
    permission = "money.paste_rate"

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "money/rates_paste.html", {"form": PasteForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasteForm(request.POST)
        if not form.is_valid():
            return render(request, "money/rates_paste.html", {"form": form}, status=422)
        count = rates_paste(actor=self.user, rates=form.rates)
        text = ngettext("%(count)d rate taken over.", "%(count)d rates taken over.", count)
        messages.success(request, text % {"count": count})
        return redirect("money:rates")
