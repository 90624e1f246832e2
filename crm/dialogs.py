"""Small forms that open in a dialog over the page, and as a page of their own without a script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.fragments import is_fragment


def render_dialog(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The template extends `base`; its blocks are title and main."""
    base = "crm/dialog.html" if is_fragment(request) else "crm/page.html"
    return render(request, template, {**context, "base": base}, status=status)
