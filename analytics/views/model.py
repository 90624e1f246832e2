"""The page of the models: how values come about, how well they would have done, and the settings."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from analytics.forms import ValueSettingsForm
from analytics.models import ValueRun
from analytics.run_details import run_details, window_of
from analytics.selectors.model import model_context
from analytics.selectors.runs import value_settings
from analytics.services.settings import model_edit
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.lists.filters import readable_id
from crm.records.errors import StaleRecord


class ModelView(ProtectedView):
    permission = "analytics.view_model"

    def get(self, request: HttpRequest) -> HttpResponse:
        """`?run=12` shows that run instead of the newest."""
        return model_page(self, request, ValueSettingsForm(instance=value_settings()))


class ModelEditView(ProtectedView):
    """Saves the settings and queues a refresh."""

    permission = "analytics.edit_model"

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ValueSettingsForm(request.POST, instance=value_settings())
        if not form.is_valid():
            form.focus_first_error()
            return model_page(self, request, form, status=422)
        version = form.cleaned_data["version"] or 0
        try:
            model_edit(actor=self.user, version=version, changes=form.changes())
        except StaleRecord as stale:
            form.mark_stale(stale.current.version)
            return model_page(self, request, form, status=409)
        messages.success(request, _("Saved. All values are being computed again."))
        return redirect("analytics:model")


def model_page(
    view: ProtectedView, request: HttpRequest, form: ValueSettingsForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "can_edit": allowed(view.user, "analytics.edit_model"), **model_context()}
    newest, asked = context["run"], asked_run(request)
    run = asked or newest
    if run is not None:
        context |= run_details(run) | {"newest": newest, "is_past": run != newest}
    context["runs"] = [(item, window_of(item)) for item in context["runs"]]
    return render(request, "analytics/model.html", context, status=status)


def asked_run(request: HttpRequest) -> ValueRun | None:
    """The run named in the address; Http404 for one that never was."""
    text = request.GET.get("run", "")
    if not text:
        return None
    if not readable_id(text):
        raise Http404
    return get_object_or_404(ValueRun, pk=int(text))
