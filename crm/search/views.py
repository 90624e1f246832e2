from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.access.views import ProtectedView
from crm.search.selectors import search


class SearchView(ProtectedView):
    """The palette's hits (a fragment) and the page of results, for the same address."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "")[:200]
        htmx = bool(request.headers.get("HX-Request"))
        hits = search(self.user, text, limit=12 if htmx else 50)
        template = "crm/search/hits.html" if htmx else "crm/search/page.html"
        return render(request, template, {"hits": hits, "q": text})
