"""Where a form leads when it was saved: to the page it was opened from."""

import re
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from crm.fragments import is_fragment
from crm.records.undo import undo_message

#: forms are no pages to come back to
FORMS = re.compile(r"^/tasks/(new|\d+)(/|$)")


def page_before(request: HttpRequest, default: str = "contacts:task-list") -> str:
    """The page of ours that the request came from, else the default (a URL name)."""
    came_from = request.headers.get("HX-Current-URL") or request.META.get("HTTP_REFERER", "")
    try:
        parts = urlsplit(came_from)
    except ValueError:
        return reverse(default)
    is_ours = parts.netloc == request.get_host() and parts.path.startswith("/")
    if not is_ours or parts.path.startswith("//") or FORMS.match(parts.path):
        return reverse(default)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def back(request: HttpRequest, text: str, undo: str = "") -> HttpResponse:
    """To the page before, which says what was done; out of a dialog it is loaded anew."""
    if undo:
        undo_message(request, text, undo)
    else:
        messages.success(request, text)
    target = page_before(request)
    return HttpResponse(headers={"HX-Redirect": target}) if is_fragment(request) else redirect(target)
