"""Verbs on an automation, each by POST, and its webhooks."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.automation.choices import DeliveryState
from crm.automation.models import Automation, WebhookDelivery
from crm.automation.selectors import automation_find, deleted_find
from crm.automation.services.delivering import delivery_retry
from crm.automation.services.saving import (
    automation_confirm,
    automation_delete,
    automation_restore,
    automation_switch,
)
from crm.automation.views.base import rights
from crm.records.undo import undo_message


class VerbView(ProtectedView):
    """A refusal is told on the page of the automation."""

    verb: ClassVar[str]

    def act(self, automation: Automation) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        automation = automation_find(self.user, pk)
        if not allowed(self.user, f"automation.{self.verb}_automation"):
            raise PermissionDenied
        try:
            messages.success(request, self.act(automation))
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return redirect("automation:record", pk)


class AutomationSwitchView(VerbView):
    permission = "automation.view_automation"
    verb = "switch"

    def act(self, automation: Automation) -> str:
        is_on = automation_switch(
            actor=self.user, automation=automation, on=self.request.POST.get("on") == "1"
        ).is_on
        name = {"name": automation.name}
        return _("%(name)s is on.") % name if is_on else _("%(name)s is off.") % name


class AutomationConfirmView(VerbView):
    permission = "automation.view_automation"
    verb = "confirm"

    def act(self, automation: Automation) -> str:
        do_it = self.request.POST.get("do") == "run"
        automation_confirm(actor=self.user, automation=automation, do_it=do_it)
        return _("It runs.") if do_it else _("What waited was dropped.")


class AutomationDeleteView(ProtectedView):
    permission = "automation.view_automation"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        automation = automation_find(self.user, pk)
        automation_delete(actor=self.user, automation=automation)
        text = _("%s is deleted.") % automation.name
        undo_message(request, text, reverse("automation:restore", args=[pk]))
        return redirect("automation:list")


class AutomationRestoreView(ProtectedView):
    permission = "automation.view_automation"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        automation_restore(actor=self.user, automation=deleted_find(self.user, pk))
        messages.success(request, _("It is back, and switched off."))
        return redirect("automation:record", pk)


class WebhookListView(ProtectedView):
    """What was sent to other programs, the newest first; what failed can be sent again."""

    permission = "automation.view_automation"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        automation = automation_find(self.user, pk)
        rows = WebhookDelivery.objects.filter(run__automation=automation).defer("body")
        state = request.GET.get("state", "")
        if state in DeliveryState.values:
            rows = rows.filter(state=state)
        page = keyset_page(rows, request.GET)
        context: dict[str, Any] = {"automation": automation, "states": DeliveryState.choices, "state": state}
        return render(request, "automation/webhooks.html", context | rights(self.user) | page.context())


class WebhookRetryView(ProtectedView):
    permission = "automation.view_automation"

    def post(self, request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
        automation = automation_find(self.user, pk)
        found = WebhookDelivery.objects.filter(run__automation=automation, pk=delivery).first()
        if found is None:
            raise Http404
        try:
            delivery_retry(actor=self.user, delivery=found)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            messages.success(request, _("It is sent again."))
        return redirect("automation:webhooks", pk)
