from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.access.views import ProtectedView
from crm.health.report import BAD, GOOD, report, versions


class HealthView(ProtectedView):
    """System health for administrators; /readyz says the same to machines, in short."""

    permission = "health.view_system"

    def get(self, request: HttpRequest) -> HttpResponse:
        findings = report()
        states = [finding.state for _check, finding in findings]
        context = {
            "findings": findings,
            "versions": versions(),
            "bad": states.count(BAD),
            "to_look_at": sum(state not in (BAD, GOOD) for state in states),
        }
        return render(request, "health/health.html", context)
