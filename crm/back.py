"""Where a form leads when it was saved: to the page it was opened from."""

import re
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from crm.fragments import is_fragment
from crm.records.undo import undo_message


def page_before(request: HttpRequest, default: str, but: re.Pattern[str] | None = None) -> str:
    """The page of ours that the request came from, unless its path is one of `but`; else the default address."""
    came_from = request.headers.get("HX-Current-URL") or request.META.get("HTTP_REFERER", "")
    try:
        parts = urlsplit(came_from)
    except ValueError:
        return default
    is_ours = parts.netloc == request.get_host() and parts.path.startswith("/")
    if not is_ours or parts.path.startswith("//") or (but and but.match(parts.path)):
        return default
    return parts.path + (f"?{parts.query}" if parts.query else "")


def go(request: HttpRequest, address: str) -> HttpResponse:
    """There, also out of a dialog: the page is loaded anew."""
    return HttpResponse(headers={"HX-Redirect": address}) if is_fragment(request) else redirect(address)


def back(
    request: HttpRequest, text: str, default: str, undo: str = "", but: re.Pattern[str] | None = None
) -> HttpResponse:
    """To the page before, which says what was done."""
    if undo:
        undo_message(request, text, undo)
    else:
        messages.success(request, text)
    return go(request, page_before(request, default, but))
