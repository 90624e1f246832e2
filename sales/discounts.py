"""Which discounts need approval. The check is pure; the limits are read once for a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm.access.grants import grants
from crm.staff.models import User
from sales.models import DiscountLimit

#: the limit of a role for all categories that have none of their own
ANY = ""
#: per role: category -> the highest discount in per cent
Limits = Sequence[Mapping[str, Decimal]]


@dataclass(frozen=True)
class Discounted:
    """A line as the check sees it: what it is, and the discount in per cent."""

    text: str
    category: str
    rate: Decimal


@dataclass(frozen=True)
class Excess:
    """A line whose discount needs approval: `allowed` would not."""

    line: Discounted
    allowed: Decimal


def discount_check(lines: Iterable[Discounted], limits: Limits) -> list[Excess]:
    """The lines that go beyond what any role of the person allows.

    In a role the limit of the category counts, else that for all; a role without either bounds nothing that way, so a
    person none of whose roles has a limit needs no approval. Of several roles the widest wins.
    """
    return [
        Excess(line, allowed)
        for line in lines
        if (allowed := allowed_rate(line.category, limits)) is not None and line.rate > allowed
    ]


def allowed_rate(category: str, limits: Limits) -> Decimal | None:
    """None: nothing bounds it."""
    found = [role.get(category, role.get(ANY)) for role in limits]
    known = [rate for rate in found if rate is not None]
    return max(known) if known else None


def limits_of(user: User) -> Limits:
    """The limits of the person's roles, in one query."""
    by_role: dict[int, dict[str, Decimal]] = {}
    rows = DiscountLimit.objects.filter(role__in=grants(user).roles, deleted_at=None)
    for row in rows:
        by_role.setdefault(row.role_id, {})[row.category] = row.limit_rate
    return list(by_role.values())
