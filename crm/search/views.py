from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.access.views import ProtectedView
from crm.search.selectors import Hit, search


class SearchView(ProtectedView):
    """The palette's hits (a fragment) and the page of results, for the same address."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "")[:200]
        htmx = bool(request.headers.get("HX-Request"))
        hits = search(self.user, text, limit=12 if htmx else 50)
        template = "crm/search_results.html" if htmx else "crm/search.html"
        return render(request, template, {"groups": groups(hits), "q": text})


def groups(hits: list[Hit]) -> list[dict[str, object]]:
    """Hits by kind of record, the kind of the best hit first."""
    order = list(dict.fromkeys(hit.object_type for hit in hits))
    ordered = sorted(hits, key=lambda hit: order.index(hit.object_type))
    return [
        {"label": found[0].kind, "items": [item(hit) for hit in found]}
        for found in (list(group) for _type, group in groupby(ordered, key=lambda hit: hit.object_type))
    ]


def item(hit: Hit) -> dict[str, object]:
    return {"url": hit.url, "name": hit.title, "detail": hit.subtitle, "icon": hit.icon}
