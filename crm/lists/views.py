"""The page of a list by declaration."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from crm.access.views import ProtectedView
from crm.fragments import is_fragment
from crm.lists.count import count_text
from crm.lists.declaration import RecordList
from crm.lists.page import list_context, list_filter


class RecordListView(ProtectedView):
    """The whole page; for htmx its results and the bar that says the filters, or with `?count=` how many there are."""

    declared: ClassVar[RecordList]
    template: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponse:
        fragment = is_fragment(request)
        if fragment and "count" in request.GET:
            return HttpResponse(count_text(list_filter(self.declared, self.user, request.GET).qs, self.user))
        context = list_context(self.declared, self.user, request)
        context |= self.more_context(context["rows"])
        if not fragment:
            return render(request, self.template, context)
        response = render(request, f"{self.template}#results", context)
        response.write(render_to_string("crm/list_filters.html", context | {"beside": True}, request))
        return response

    def more_context(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """What this page shows beside the list; may also change its rows."""
        return {}
