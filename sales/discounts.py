"""Which discounts go beyond what somebody may grant, and what an approval lets through.

The checks are pure; the limits are read once for a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm.access.grants import grants
from crm.staff.models import User
from sales.models import DiscountLimit

#: the limit of a role for all categories that have none of their own
ANY = ""
CENT = Decimal("0.01")
SHARE = Decimal("0.0001")
#: how many times the approved quantity an approval still holds for
MORE = Decimal("1.1")


@dataclass(frozen=True)
class Bound:
    """The highest discount, and the margin that must be left (None: none in particular), both in per cent."""

    rate: Decimal
    margin: Decimal | None = None


#: per role: category -> how far one may go
Limits = Sequence[Mapping[str, Bound]]


@dataclass(frozen=True)
class Discounted:
    """A line as the check sees it: what it is, how many, discount and margin in per cent (None: cost not known)."""

    text: str
    category: str
    rate: Decimal
    margin: Decimal | None = None
    quantity: Decimal = Decimal(1)
    product: int | None = None


@dataclass(frozen=True)
class Excess:
    """A line that needs approval: `allowed` would not, nor would a margin of `least` (None: its margin is enough)."""

    line: Discounted
    allowed: Decimal
    least: Decimal | None = None

    @property
    def is_discount(self) -> bool:
        return self.line.rate > self.allowed


def effective_rate(unit: Decimal, discount: Decimal, book: Decimal | None) -> Decimal:
    """The discount in per cent from the price of the book, whether it was typed as one or as a lower unit price."""
    if book is None or book <= 0:
        return discount
    paid = unit * (100 - discount) / 100
    return max(Decimal(0), (100 * (1 - paid / book)).quantize(CENT, ROUND_HALF_UP))


def margin_rate(unit: Decimal, discount: Decimal, cost: Decimal | None) -> Decimal | None:
    """What is left of the price of one when its cost (in the same currency) is paid, in per cent."""
    if cost is None:
        return None
    paid = unit * (100 - discount) / 100
    if paid <= 0:
        return Decimal(-100) if cost > 0 else Decimal(0)
    return max(Decimal(-999), (100 * (1 - cost / paid)).quantize(CENT, ROUND_HALF_UP))


def discount_check(lines: Iterable[Discounted], limits: Limits) -> list[Excess]:
    """The lines that go beyond what any role of the person allows.

    In a role the limit of the category counts, else that for all; a role without either bounds nothing that way, so a
    person none of whose roles has a limit needs no approval. Of several roles the widest wins.
    """
    found = []
    for line in lines:
        bound = allowed_bound(line.category, limits)
        if bound is None:
            continue
        least = bound.margin
        enough = least is None or line.margin is None or line.margin >= least
        if line.rate > bound.rate or not enough:
            found.append(Excess(line, bound.rate, None if enough else least))
    return found


def allowed_bound(category: str, limits: Limits) -> Bound | None:
    """None: nothing bounds it."""
    known = [bound for role in limits if (bound := role.get(category, role.get(ANY))) is not None]
    if not known:
        return None
    margins = [bound.margin for bound in known]
    least = None if None in margins else min(margin for margin in margins if margin is not None)
    return Bound(max(bound.rate for bound in known), least)


def limits_of(user: User) -> Limits:
    """The limits of the person's roles, in one query."""
    return limits_for(grants(user).roles, all_limits(grants(user).roles))


def all_limits(roles: Iterable[int] | None = None) -> dict[int, dict[str, Bound]]:
    """By role and category."""
    rows = DiscountLimit.objects.filter(deleted_at=None)
    found: dict[int, dict[str, Bound]] = {}
    for row in rows if roles is None else rows.filter(role__in=list(roles)):
        found.setdefault(row.role_id, {})[row.category] = Bound(row.limit_rate, row.margin_rate)
    return found


def limits_for(roles: Iterable[int], known: Mapping[int, Mapping[str, Bound]]) -> Limits:
    return [known[role] for role in roles if role in known]


# --- what an approval lets through ----------------------------------------------------------------------------------


def terms_of(excess: Iterable[Excess]) -> list[dict[str, Any]]:
    """As an approval keeps them."""
    return [
        {
            "product": found.line.product,
            "text": found.line.text,
            "category": found.line.category,
            "quantity": f"{found.line.quantity.normalize():f}",
            "rate": str(found.line.rate),
            "margin": None if found.line.margin is None else str(found.line.margin),
        }
        for found in excess
    ]


def read_terms(terms: Iterable[Mapping[str, Any]]) -> list[Discounted]:
    return [
        Discounted(
            term["text"],
            term["category"],
            Decimal(term["rate"]),
            None if term["margin"] is None else Decimal(term["margin"]),
            Decimal(term["quantity"]),
            term["product"],
        )
        for term in terms
    ]


def is_covered(line: Discounted, term: Discounted) -> bool:
    """The same thing, no fewer and hardly more of it than was approved, at no larger a discount."""
    return (
        same_thing(line, term)
        and term.quantity <= line.quantity <= term.quantity * MORE
        and line.rate <= term.rate
        and (line.margin is None or term.margin is None or line.margin >= term.margin)
    )


def same_thing(line: Discounted, term: Discounted) -> bool:
    if line.product or term.product:
        return line.product == term.product
    return line.text == term.text


def uncovered(excess: Iterable[Excess], terms: Iterable[Discounted]) -> list[Excess]:
    """What needs approval and has none yet. A term lets one line through, the one that is nearest to it."""
    left, missing = list(terms), []
    for found in excess:
        fitting = [term for term in left if is_covered(found.line, term)]
        if fitting:
            left.remove(min(fitting, key=lambda term: (abs(term.quantity - found.line.quantity), term.rate)))
        else:
            missing.append(found)
    return missing
