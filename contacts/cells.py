"""Cells of lists that say more than a value."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from crm.company.selectors import company_day
from crm.templatetags.crm import day, icon

Row = Mapping[str, Any]


def no_group(row: Row) -> str:
    """Why a customer has no RFM group: somebody else pays, or nobody yet."""
    return _("via organisation") if row["organisation_id"] else _("Prospect")


def task_cell(row: Row) -> str:
    """The title of a task beside the box that says it is done."""
    title, pk, done = escape(row["title"]), row["id"], bool(row["done_at"])
    verb = "contacts:task-reopen" if done else "contacts:task-done"
    label = escape((_("Reopen %s") if done else _("Mark %s as done")) % row["title"])
    button = (
        f'<button type="button" class="task-box" hx-post="{reverse(verb, args=[pk])}?row=table" hx-target="closest tr"'
        f' hx-swap="outerHTML" data-optimistic="done" aria-label="{label}">{icon("check")}</button>'
    )
    address = reverse("contacts:task-edit", args=[pk])
    return f'<span class="task-cell">{button}<a class="task-title" href="{address}" title="{title}">{title}</a></span>'


def due_cell(row: Row) -> str:
    due = row["due_on"]
    if due is None:
        return '<span class="none">–</span>'
    late = not row.get("done_at") and due < company_day()
    return f'<span class="late">{day(due)}</span>' if late else day(due)
