"""Cells of lists that say more than a value."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from contacts.choices import TaskKind
from crm.company.selectors import company_day
from crm.templatetags.crm import day, icon

Row = Mapping[str, Any]


def no_group(row: Row) -> str:
    """Why a customer has no RFM group: somebody else pays, or nobody yet."""
    return _("via organisation") if row["organisation_id"] else _("Prospect")


#: what has a sign of its own before its title
SIGNS = {TaskKind.CALL: {"icon": "phone"}, TaskKind.MEETING: {"icon": "calendar"}}


def task_cell(row: Row) -> str:
    """The title of a task beside the box that says it is done."""
    title, kind = escape(row["title"]), row.get("kind")
    sign = icon(SIGNS[TaskKind(kind)]["icon"], "small") if kind in SIGNS else ""
    address = reverse("contacts:task-edit", args=[row["id"]])
    link = f'<a class="task-title" href="{address}" title="{title}">{title}</a>'
    return f'<span class="task-cell">{task_box(row)}{sign}{link}</span>'


def task_box(row: Row) -> str:
    """Done with one click; of a call or meeting with a customer it asks what came of it."""
    pk, done = row["id"], bool(row["done_at"])
    label = escape((_("Reopen %s") if done else _("Mark %s as done")) % row["title"])
    if not done and row.get("kind") in SIGNS and row.get("customer.id"):
        address = reverse("contacts:task-log", args=[pk])
        return f'<a class="task-box" href="{address}" data-dialog aria-label="{label}">{icon("check")}</a>'
    verb = "contacts:task-reopen" if done else "contacts:task-done"
    return (
        f'<button type="button" class="task-box" hx-post="{reverse(verb, args=[pk])}?row=table" hx-target="closest tr"'
        f' hx-swap="outerHTML" data-optimistic="done" aria-label="{label}">{icon("check")}</button>'
    )


def due_cell(row: Row) -> str:
    due = row["due_on"]
    if due is None:
        return '<span class="none">–</span>'
    late = not row.get("done_at") and due < company_day()
    starts = row.get("starts_at")
    text = f"{day(due)} {timezone.localtime(starts):%H:%M}" if starts else day(due)
    return f'<span class="late">{text}</span>' if late else text
