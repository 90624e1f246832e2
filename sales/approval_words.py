"""Discounts beyond a limit in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from crm.access.services import field_level
from crm.money.formatting import number
from crm.staff.models import User
from sales.discounts import Discounted, Excess


def per_cent(rate: object) -> str:
    """Two decimals where they say something."""
    value = float(str(rate))
    return f"{number(value, 0 if value == int(value) else 1 if round(value, 1) == value else 2)} %"


def excess_words(user: User, found: Excess) -> str:
    """`Espresso machine: 12 % (you may go to 5 %)`; margins are told to those who may know them."""
    parts = []
    if found.is_discount:
        words = {"rate": per_cent(found.line.rate), "allowed": per_cent(found.allowed)}
        parts.append(_("%(rate)s off, up to %(allowed)s is allowed") % words)
    if found.least is not None:
        parts.append(margin_words(user, found))
    return f"{found.line.text}: {'; '.join(parts)}"


def margin_words(user: User, found: Excess) -> str:
    if field_level(user, "finance") == "hidden" or found.line.margin is None or found.least is None:
        return _("too little is left when its cost is paid")
    words = {"margin": per_cent(found.line.margin), "least": per_cent(found.least)}
    return _("a margin of %(margin)s, at least %(least)s must be left") % words


def term_words(user: User, term: Discounted) -> str:
    """`10 x Espresso machine: 12 % off`"""
    words = {"quantity": f"{term.quantity.normalize():f}", "text": term.text, "rate": per_cent(term.rate)}
    return _("%(quantity)s x %(text)s: %(rate)s off") % words


def refusal(user: User, found: Iterable[Excess]) -> str:
    lines = " · ".join(excess_words(user, one) for one in found)
    return _("This needs approval first: %s.") % lines
