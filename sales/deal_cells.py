"""Cells of deals that say more than a value."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from crm.company.selectors import company_day
from crm.money.formatting import risk
from crm.templatetags.crm import day

Row = Mapping[str, Any]


def stage_cell(row: Row) -> str:
    name = escape(row["stage_name"])
    return f'<span title="{name}">{name}</span>'


def learned_cell(row: Row) -> str:
    """What was learnt tells of open deals alone."""
    share = row["learned_probability"]
    return escape(risk(share)) if share is not None and row["state"] == "open" else ""


def step_cell(row: Row) -> str:
    """The next step and its day; late ones and missing ones stand out."""
    if row["state"] != "open":
        return ""
    if not row["next_step"]:
        return f'<span class="late">{escape(_("No next step"))}</span>'
    due, text = row["next_step_on"], escape(row["next_step"])
    when = f" · {day(due)}" if due else ""
    late = due is not None and due < company_day()
    return f'<span class="{"late" if late else ""}" title="{text}">{text}{when}</span>'


def close_cell(row: Row) -> str:
    """An expected close that is over, of a deal that is still open, is late."""
    late = row["state"] == "open" and row["close_on"] < company_day()
    return f'<span class="late">{day(row["close_on"])}</span>' if late else day(row["close_on"])


def days_since(moment: datetime) -> int:
    return max(0, (timezone.now() - moment).days)


def stale_row(row: Row) -> str:
    stale_at = row.get("stale_at")
    return "stale" if stale_at is not None and stale_at < timezone.now() else ""
