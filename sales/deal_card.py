"""What the card of a deal says on the board: what it is worth, to whom, how far away, and what comes next."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.choices import RfmGroup
from crm.company.selectors import company_day
from crm.money.formatting import money_whole, whole_percent
from crm.records.tones import group_tone, risk_tone
from crm.templatetags.crm import day, icon, initials
from sales.choices import DealApproval, approval_tone
from sales.deal_cells import days_since

#: how far the learned probability and the one set by hand lie apart before a card says so
FAR = 0.25

Row = Mapping[str, Any]
FIELDS = (
    "customer", "amount", "rfm_group", "churn_risk", "owner", "close_on", "next_step", "stage_since", "stale_at",
    "approval",
    "probability", "learned_probability",
)  # fmt: skip


def deal_card(row: Row) -> str:
    """The HTML of a card. Every value is escaped where it is written."""
    name = escape(row["name"])
    return (
        f'<p class="board-title"><a href="{deals_url()}{row["id"]}/" title="{name}">{name}</a>'
        f"{menu_button(row)}</p>{who(row)}{worth(row)}{foot(row)}"
    )


def menu_button(row: Row) -> str:
    label = escape(_("Move %s") % row["name"])
    return f'<button type="button" class="card-menu" data-card-menu aria-label="{label}">{drawn("ellipsis")}</button>'


def who(row: Row) -> str:
    customer, held = row.get("customer"), amount(row)
    named = f'<span class="truncate">{escape(customer)}</span>' if customer else ""
    return f'<p class="deal-who">{named}<span class="number deal-amount">{held}</span></p>'


def amount(row: Row) -> str:
    if row["amount"] is None:
        return f'<span class="none">{escape(_("no amount"))}</span>'
    return escape(money_whole(row["amount"], row["amount.currency"]))


def worth(row: Row) -> str:
    """The value chip and the risk of who pays; nothing for whoever may not know them."""
    chips = [chip(row), risk(row), learned(row), approval(row)]
    told = "".join(filter(None, chips))
    return f'<p class="deal-worth">{told}</p>' if told else ""


def approval(row: Row) -> str:
    """Only what keeps the deal from being won."""
    state = row.get("approval")
    if state not in WAITING:
        return ""
    return f'<span class="chip {approval_tone(state)}">{escape(DealApproval(state).label)}</span>'


WAITING = (DealApproval.NEEDED, DealApproval.ASKED, DealApproval.REJECTED)


def chip(row: Row) -> str:
    group = row.get("rfm_group")
    if not group:
        return ""
    return f'<span class="chip {group_tone(group)}">{escape(RfmGroup(group).label)}</span>'


def risk(row: Row) -> str:
    share = row.get("churn_risk")
    if share is None:
        return ""
    text = escape(_("%s %% risk") % whole_percent(share))
    return f'<span class="risk small {risk_tone(share)}">{text}</span>'


def learned(row: Row) -> str:
    """The learned probability, where it lies far from the one set by hand."""
    share = row.get("learned_probability")
    if share is None or abs(share - row["probability"] / 100) < FAR:
        return ""
    title = escape(_("Learned from closed deals; set by hand: %s %%") % row["probability"])
    tone = "positive" if share * 100 > row["probability"] else "warning"
    text = escape(_("%s %% learned") % whole_percent(share))
    return f'<span class="risk small {tone}" title="{title}">{text}</span>'


def foot(row: Row) -> str:
    days = days_since(row["stage_since"])
    age = escape(ngettext("%s day", "%s days", days) % days)
    title = escape(_("In this stage for %s") % age)
    return (
        f'<p class="deal-foot">{step(row)}<span class="deal-age" title="{title}">{age}</span>{owner(row)}</p>'
    )


def owner(row: Row) -> str:
    name = row.get("owner")
    if not name:
        return ""
    return f'<span class="avatar small" title="{escape(name)}">{escape(initials(name))}</span>'


def step(row: Row) -> str:
    """The next step: overdue, today, later, or a warning that there is none."""
    state, words = step_state(row)
    sign = drawn(ICONS[state]["icon"])
    return f'<span class="deal-step {state}" title="{escape(row["next_step"])}">{sign}{words}</span>'


ICONS = {
    "missing": {"icon": "triangle-alert"},
    "late": {"icon": "circle-alert"},
    "today": {"icon": "clock"},
    "planned": {"icon": "calendar"},
}


@cache
def drawn(name: str) -> str:
    """The same few icons stand on every card."""
    return icon(name)


@cache
def deals_url() -> str:
    return reverse("sales:deal-list")


def step_state(row: Row) -> tuple[str, str]:
    if not row["next_step"]:
        return "missing", escape(_("No next step"))
    due = row["next_step_on"]
    if due is None:
        return "planned", f'<span class="truncate">{escape(row["next_step"])}</span>'
    if due == company_day():
        return "today", escape(_("Today"))
    return ("late" if due < company_day() else "planned"), day(due)
