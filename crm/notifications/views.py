"""The bell, the page of notifications, their settings, following, and naming colleagues."""

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.views import ProtectedView
from crm.lists.cursor import BadCursor, Cursor, decode
from crm.lists.filters import readable_id
from crm.notifications.forms import NotificationSettingsForm
from crm.notifications.kinds import kinds, kinds_for
from crm.notifications.lines import by_day, grouped, lines_of
from crm.notifications.models import Notification
from crm.notifications.naming import colleagues_for, drafts
from crm.notifications.selectors import bell_rows, digest_setting, find_seen, unread_text
from crm.notifications.services import follow, notifications_read, notifications_unread, unfollow
from crm.notifications.services.daily import zone_of
from crm.notifications.services.settings import settings_edit
from crm.records.undo import undo_message

IN_MENU, ON_PAGE, MOST_IDS = 20, 50, 500
AT = Notification._meta.get_field("at")


class NotificationListView(ProtectedView):
    """By day and record, newest first; `?unread=1` and `?kind=` filter, `?after=` goes on."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = request.GET.get("kind", "")
        unread, kind = request.GET.get("unread") == "1", kind if kind in kinds() else ""
        rows = bell_rows(self.user, unread=unread, kind=kind)
        found = list(older(rows, request.GET.get("after", ""))[: ON_PAGE + 1])
        page = found[:ON_PAGE]
        context = {
            "days": by_day(lines_of(self.user, page)),
            "newest": max((row.pk for row in page), default=""),
            "next_cursor": Cursor(page[-1].at, page[-1].pk).encode() if len(found) > ON_PAGE else "",
            "unread": unread,
            "kind": kind,
            "kinds": list(kinds_for(self.user).values()),
            "filtered": unread or kind,
            "paged": "after" in request.GET,
        }
        return render(request, "notifications/list.html", context)


def older(rows: QuerySet[Notification], text: str) -> QuerySet[Notification]:
    """The rows after the place of a cursor; all of them when it cannot be read."""
    try:
        place = decode(text, AT, backward=False) if text else None
    except BadCursor:
        place = None
    if place is None or place.value is None:
        return rows
    return rows.filter(Q(at__lt=place.value) | Q(at=place.value, pk__lt=place.pk), at__lte=place.value)


class NotificationMenuView(ProtectedView):
    """What opens below the bell: the newest, by record."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(bell_rows(self.user)[:IN_MENU])
        newest = max((row.pk for row in rows), default="")
        context = {"groups": grouped(lines_of(self.user, rows)), "newest": newest}
        return render(request, "notifications/menu.html", context)


class NotificationCountView(ProtectedView):
    """How many are unread, for the bell of a page that stays open."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"unread": unread_text(self.user)})


class NotificationReadView(ProtectedView):
    """Marks as read the lines `id`, or all that the reader had before them (`until`)."""

    permission = None

    def post(self, request: HttpRequest) -> HttpResponse:
        pks, until = ids(request.POST), request.POST.get("until", "")
        if not pks and not readable_id(until):
            raise Http404
        count, moment = notifications_read(
            actor=self.user,
            pks=pks or None,
            until=int(until) if readable_id(until) else None,
            kind=request.POST.get("kind", "")[:40],
        )
        text = ngettext("%s notification is read.", "%s notifications are read.", count) % count
        undo = QueryDict(mutable=True)
        undo["read_at"] = moment.isoformat()
        return answer(self, text, f"{reverse('notifications:unread')}?{undo.urlencode()}" if count else "")


class NotificationUnreadView(ProtectedView):
    """Marks as unread the lines `id`, or those that were read at the moment `?read_at=`: the undo of reading."""

    permission = None

    def post(self, request: HttpRequest) -> HttpResponse:
        pks, moment = ids(request.POST), read_moment(request.GET.get("read_at", ""))
        if not pks and moment is None:
            raise Http404
        count = notifications_unread(actor=self.user, pks=pks or None, read_at=moment)
        text = ngettext("%s notification is unread again.", "%s notifications are unread again.", count)
        return answer(self, text % count, "")


def ids(sent: QueryDict) -> list[int]:
    return [int(pk) for pk in sent.getlist("id")[:MOST_IDS] if readable_id(pk)]


def read_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def answer(view: ProtectedView, text: str, undo: str) -> HttpResponse:
    """For scripts the new count, with a toast when they want one (`?toast=1`); else back to the page."""
    if view.request.headers.get("HX-Request"):
        response = JsonResponse({"unread": unread_text(view.user)})
        toast = {"text": text, "tone": "success", **({"undo": undo} if undo else {})}
        response.headers["HX-Trigger"] = json.dumps({"toast": toast})
        return response
    undo_message(view.request, text, undo) if undo else messages.success(view.request, text)
    return redirect(back(view.request))


class NotificationSettingsView(ProtectedView):
    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(NotificationSettingsForm(user=self.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NotificationSettingsForm(request.POST, user=self.user)
        if not form.is_valid():
            return self.page(form, status=422)
        settings_edit(actor=self.user, choices=form.choices(), digest_at=form.digest_time())
        messages.success(request, _("Saved."))
        return redirect("notifications:settings")

    def page(self, form: NotificationSettingsForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "zone": str(zone_of(self.user)), "digest": digest_setting(self.user)}
        return render(self.request, "notifications/settings.html", context, status=status)


class FollowView(ProtectedView):
    """Follow the record `type` and `id`; `remove` ends it. Answers the button as it stands then."""

    permission = None
    belongs_to = "notifications:list"

    def post(self, request: HttpRequest) -> HttpResponse:
        object_type, pk = request.POST.get("type", ""), request.POST.get("id", "")
        if not readable_id(pk):
            raise Http404
        following = "remove" not in request.POST
        self.save(object_type, int(pk), following=following)
        if not request.headers.get("HX-Request"):
            return redirect(back(request))
        context: dict[str, Any] = {"object_type": object_type, "object_id": pk, "is_following": following}
        return render(request, "notifications/follow.html", context)

    def save(self, object_type: str, pk: int, *, following: bool) -> None:
        if following:
            follow(actor=self.user, object_type=object_type, pk=pk)
        else:
            unfollow(actor=self.user, object_type=object_type, pk=pk)


def back(request: HttpRequest) -> str:
    """The page whose button was pressed, for browsers without scripts."""
    came_from = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return came_from if safe else reverse("notifications:list")


class ColleaguesView(ProtectedView):
    """Whom a text about the record (`type`, `id`) may name, by what was typed after the @ (`q`)."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        records = [*self.record(), *drafts(self.user, request.GET.get("part", ""))]
        if not records:
            raise Http404
        people, blind = colleagues_for(self.user, request.GET.get("q", "")[:60], records)
        return render(request, "notifications/colleagues.html", {"people": people, "blind": blind})

    def record(self) -> list[Model]:
        """The record itself; none when the text is part of one that is not there yet."""
        pk = self.request.GET.get("id")
        if pk is None:
            return []
        seen = find_seen(self.user, self.request.GET.get("type", ""), int(pk)) if readable_id(pk) else None
        if seen is None:
            raise Http404
        return [seen.obj]
