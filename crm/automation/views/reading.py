"""The list of automations, one of them with its log, one run, two versions beside each other."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from crm.access.services import find
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.automation.choices import RunState
from crm.automation.models import AutomationRun, AutomationVersion
from crm.automation.selectors import (
    automatable,
    automation_find,
    automations,
    figures,
    log_of,
    log_of_record,
)
from crm.automation.starters import starters
from crm.automation.views.base import kind_of, named_runs, rights
from crm.automation.words import compared, reading
from crm.records.kinds import kind_at, kinds


class AutomationListView(ProtectedView):
    permission = "automation.view_automation"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [row for row in automations(self.user).order_by("-is_on", "name", "pk") if row.kind in kinds()]
        counted = figures(rows)
        for row in rows:
            row.figures = counted.get(row.pk, {"runs": 0, "faults": 0, "last": None})  # type: ignore[attr-defined]
            row.kind_label = kind_of(row).plural  # type: ignore[attr-defined]
        context = {"rows": rows, **rights(self.user)}
        if not rows and context["can_create"]:
            context["starters"] = starters(self.user)
        return render(request, "automation/list.html", context)


class AutomationNewView(ProtectedView):
    """What to begin with: a ready-made one, or nothing but the kind of record."""

    permission = "automation.create_automation"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"starters": starters(self.user), "kinds": automatable(self.user)}
        return render(request, "automation/new.html", context)


class AutomationView(ProtectedView):
    permission = "automation.view_automation"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        automation = automation_find(self.user, pk)
        kind, state = kind_of(automation), request.GET.get("state", "")
        rows = log_of(automation)
        if state in RunState.values:
            rows = rows.filter(state=state)
        page = keyset_page(rows, request.GET)
        context = {
            "automation": automation,
            "kind": kind,
            "reading": reading(kind, self.user, automation),
            "figures": figures([automation]).get(automation.pk),
            "held": AutomationRun.objects.filter(automation=automation, state=RunState.HELD).count()
            if automation.held_at
            else 0,
            "states": RunState.choices,
            "state": state,
            "versions": automation.versions.select_related("saved_by")[:50],
            "has_webhook": any(step["action"] == "webhook" for step in automation.actions),
            **rights(self.user),
            **page.context(),
            "rows": named_runs(self.user, page.rows),
        }
        return render(request, "automation/record.html", context)


class AutomationRunView(ProtectedView):
    permission = "automation.view_automation"

    def get(self, request: HttpRequest, pk: int, run: int) -> HttpResponse:
        automation = automation_find(self.user, pk)
        found = log_of(automation).filter(pk=run).first()
        if found is None:
            raise Http404
        context = {"automation": automation, "run": named_runs(self.user, [found])[0]}
        return render(request, "automation/run.html", context)


class AutomationVersionView(ProtectedView):
    permission = "automation.view_automation"

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        automation = automation_find(self.user, pk)
        found = AutomationVersion.objects.filter(automation=automation, number__in=(number, number - 1))
        by_number = {row.number: row for row in found.select_related("saved_by")}
        if number not in by_number:
            raise Http404
        kind, version = kind_of(automation), by_number[number]
        context = {
            "automation": automation,
            "version": version,
            "reading": reading(kind, self.user, version),
            "changes": compared(kind, self.user, by_number.get(number - 1), version),
            "is_first": number == 1,
        }
        return render(request, "automation/version.html", context)


class RecordLogView(ProtectedView):
    """The automations that ran for one record."""

    permission = "automation.view_automation"

    def get(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        found = kind_at(kind)
        obj = find(found.rows(), self.user, pk)
        page = keyset_page(log_of_record(self.user, found, pk), request.GET)
        context = {
            "obj": obj,
            "kind": found,
            "url": found.url(pk),
            **page.context(),
            "rows": named_runs(self.user, page.rows),
        }
        return render(request, "automation/record_log.html", context)
