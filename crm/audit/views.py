from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.audit.browsing import told
from crm.audit.export import trail_export
from crm.audit.forms import AuditFilterForm
from crm.fragments import is_fragment


class AuditView(ProtectedView):
    """Who did what, when and from where, newest first."""

    permission = "audit.view_entry"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = AuditFilterForm(request.GET)
        page = keyset_page(form.rows(), request.GET, field="at")
        context = {
            **page.context(),
            "rows": told(self.user, page.rows),
            "form": form,
            "filtered": form.is_narrowed(),
            "count_text": "",
            "can_export": allowed(self.user, "audit.export_entry"),
            "export_query": urlencode(form.narrowed()) if form.is_valid() else "",
        }
        if not is_fragment(request):
            return render(request, "audit/audit.html", context)
        response = render(request, "audit/audit.html#results", context)
        for template in ("audit/filters.html", "audit/export.html"):
            response.write(render_to_string(template, context | {"beside": True}, request))
        return response


class AuditExportView(ProtectedView):
    """Lets a job write what the filters (`query`) leave, and leads to it."""

    permission = "audit.export_entry"

    def post(self, request: HttpRequest) -> HttpResponse:
        if "query" not in request.POST:
            return redirect("audit:list")
        query = request.POST["query"][:2_000]
        try:
            job = trail_export(actor=self.user, query=query)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
            return redirect(f"{reverse('audit:list')}?{query}")
        return redirect("jobs:record", job.pk)
