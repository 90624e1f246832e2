from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.access.views import ProtectedView
from crm.navigation import create_actions, navigation, settings_groups
from crm.search.selectors import search
from crm.search.sources import sources


class SearchView(ProtectedView):
    """The hits as a fragment (palette, pickers) and as a page. `type` asks for one kind of record."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "")[:200]
        fragment = bool(request.headers.get("HX-Request"))
        types = [name for name in request.GET.getlist("type") if name in sources()]
        hits = search(self.user, text, limit=12 if fragment else 50, types=types or None)
        template = "crm/search/hits.html" if fragment else "crm/search/page.html"
        return render(request, template, {"hits": hits, "q": text})


class OffersView(ProtectedView):
    """The pages and actions that the palette offers beside records: asked for when it is opened, on no page before."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        offers = {
            "pages": navigation(self.user, ""),
            "settings": settings_groups(self.user, ""),
            "create_actions": create_actions(self.user),
        }
        return render(request, "crm/search/offers.html", offers)
