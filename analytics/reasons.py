"""Why a customer stands where they stand: which reasons, their numbers, and their words. Pure; largest first."""

from dataclasses import dataclass
from datetime import date
from math import log

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

#: A gap is remarkable from one and a half times the usual one, a change of spend from 20 %.
OVERDUE_FROM = 1.5
CHANGE_FROM = 0.2


@dataclass(frozen=True, slots=True)
class Facts:
    """What the orders of a payer say; days and the company's currency."""

    purchase_days: int
    first_on: date
    last_on: date
    recency: int
    usual_gap: float | None
    mean_amount: float
    recent_amount: float


@dataclass(frozen=True, slots=True)
class Reason:
    """`weight` orders reasons; `is_risk` tells whether it speaks for leaving."""

    kind: str
    weight: float
    is_risk: bool
    text: str


def reasons(facts: Facts) -> list[Reason]:
    found = [reason for reason in (rhythm(facts), spend(facts), standing(facts)) if reason is not None]
    return sorted(found, key=lambda reason: -reason.weight)


def rhythm(facts: Facts) -> Reason | None:
    """The last order against the usual gap between orders."""
    ago = last_order(facts.recency)
    if facts.purchase_days < 2 or not facts.usual_gap:
        text = _("bought once, %(ago)s") % {"ago": ago}
        return Reason("once", 0.5 + facts.recency / 365, is_risk=True, text=text)
    late = facts.recency / facts.usual_gap
    weight = abs(log(max(late, 0.05))) + (0.5 if late >= OVERDUE_FROM else 0)
    return Reason("rhythm", weight, late >= OVERDUE_FROM, f"{usual_gap(facts)}, {ago}")


def usual_gap(facts: Facts) -> str:
    """Two orders have one gap between them: that is no habit yet."""
    gap = max(round(facts.usual_gap or 0), 1)
    if facts.purchase_days == 2:
        return ngettext("one gap so far: %(days)s day", "one gap so far: %(days)s days", gap) % {"days": gap}
    return ngettext("usually buys every %(days)s day", "usually buys every %(days)s days", gap) % {
        "days": gap
    }


def last_order(days: int) -> str:
    if days == 0:
        return _("last order today")
    return ngettext("last order %(days)s day ago", "last order %(days)s days ago", days) % {"days": days}


def spend(facts: Facts) -> Reason | None:
    """The last three purchases against the mean of all."""
    if facts.purchase_days < 5 or facts.mean_amount <= 0:
        return None
    change = facts.recent_amount / facts.mean_amount - 1
    if abs(change) < CHANGE_FROM:
        return None
    share = round(abs(change) * 100)
    text = _("spend per order down %(share)s%%") if change < 0 else _("spend per order up %(share)s%%")
    return Reason("spend", 1.5 * abs(change), change < 0, text % {"share": share})


def standing(facts: Facts) -> Reason | None:
    """How long and how often somebody has been buying."""
    if facts.purchase_days < 3:
        return None
    since = formats.date_format(facts.first_on, "F Y")
    text = _("ordered on %(count)s days since %(since)s") % {"count": facts.purchase_days, "since": since}
    return Reason("standing", 0.1 * log(facts.purchase_days), is_risk=False, text=text)
