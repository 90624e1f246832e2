"""Where the forms of calls, meetings and to-dos lead when they were saved."""

import re

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from crm.back import back as back_to_page

#: forms are no pages to come back to
FORMS = re.compile(r"^/tasks/(new|\d+)(/|$)")


def back(request: HttpRequest, text: str, undo: str = "") -> HttpResponse:
    return back_to_page(request, text, reverse("contacts:task-list"), undo, FORMS)
