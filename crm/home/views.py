from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.access.views import ProtectedView
from crm.records.panels import filled_cards


class HomeView(ProtectedView):
    """What needs me today."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "crm/home.html", {"cards": filled_cards(self.user)})
