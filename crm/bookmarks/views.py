"""Favourites and recent records: the palette's list, the star, and the note that a record was looked at."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from crm.access.views import ProtectedView
from crm.bookmarks.selectors import favourites, recents
from crm.bookmarks.services import favourite_add, favourite_remove, visit_note
from crm.lists.filters import readable_id
from crm.notifications.selectors import unread_text

IN_PALETTE = 8


class FavouriteListView(ProtectedView):
    """All favourites and the last records as a page; for the palette a few of each."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("HX-Request"):
            found = favourites(self.user)
            known = {(mark.object_type, mark.object_id) for mark in found}
            last = [mark for mark in recents(self.user) if (mark.object_type, mark.object_id) not in known]
            context = {"favourites": found, "recents": last[:IN_PALETTE]}
            return render(request, "bookmarks/hits.html", context)
        context = {"favourites": favourites(self.user), "recents": recents(self.user)}
        return render(request, "bookmarks/list.html", context)


def sent_key(request: HttpRequest) -> tuple[str, int]:
    """(type, id) of the record that a form names."""
    pk = request.POST.get("id", "")
    if not readable_id(pk):
        raise Http404
    return request.POST.get("type", ""), int(pk)


class FavouriteView(ProtectedView):
    """The star: adds, or with `remove` takes away. Answers the button as it stands then."""

    permission = None
    belongs_to = "bookmarks:list"

    def post(self, request: HttpRequest) -> HttpResponse:
        object_type, pk = sent_key(request)
        is_favourite = "remove" not in request.POST
        change = favourite_add if is_favourite else favourite_remove
        change(actor=self.user, object_type=object_type, pk=pk)
        if not request.headers.get("HX-Request"):
            return redirect(came_from(request))
        context = {"object_type": object_type, "object_id": pk, "is_favourite": is_favourite}
        return render(request, "bookmarks/star.html", context)


def came_from(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return page if safe else reverse("bookmarks:list")


class VisitView(ProtectedView):
    """Sent by a record's page once it is looked at; answers the count of the bell."""

    permission = None
    belongs_to = "bookmarks:list"

    def post(self, request: HttpRequest) -> HttpResponse:
        object_type, pk = sent_key(request)
        visit_note(actor=self.user, object_type=object_type, pk=pk)
        return JsonResponse({"unread": unread_text(self.user)})
