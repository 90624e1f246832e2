from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.audit.browsing import told
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
        }
        if not is_fragment(request):
            return render(request, "audit/audit.html", context)
        response = render(request, "audit/audit.html#results", context)
        response.write(render_to_string("audit/filters.html", context | {"beside": True}, request))
        return response
