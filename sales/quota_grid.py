"""The grid of quotas: people and teams by month, as it is shown and as it is typed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.staff.models import User
from crm.staff.selectors import colleagues, team_options
from sales.forecasting import Span
from sales.models import Quota
from sales.services.quota import QuotaCell

# three digits after a mark are thousands, one or two are cents
MOST = Decimal(10) ** 12
AMOUNT = re.compile(
    r"(?P<whole>\d{1,15}|\d{1,3}(?P<mark>[.,])\d{3}((?P=mark)\d{3}){0,3})(?:[.,](?P<cents>\d{1,2}))?",
    re.ASCII,
)


@dataclass
class Box:
    """One cell: its name in the form, what stands in it, what was seen before, and what is wrong with it."""

    name: str
    label: str
    month: date
    text: str = ""
    seen: str = ""
    error: str = ""


@dataclass
class Line:
    whose: str
    pk: int
    label: str
    boxes: list[Box] = field(default_factory=list)


def quota_lines(user: User, span: Span) -> list[Line]:
    """Everybody who works here and every team, with the quotas of some months."""
    known = {
        ("owner" if quota.owner_id else "team", quota.owner_id or quota.team_id, quota.month): plain(
            quota.amount
        )
        for quota in Quota.objects.visible_to(user).filter(month__gte=span.first, month__lt=span.end)
    }
    set_for = {pk for whose, pk, _month in known if whose == "owner"}
    gone = User.objects.filter(Q(pk__in=set_for), is_active=False)
    people = [
        ("owner", pk, name)
        for pk, name in [*colleagues().values_list("pk", "name"), *gone.values_list("pk", "name")]
    ]
    lines = [Line(*each) for each in [*people, *(("team", pk, name) for pk, name in team_options())]]
    for line in lines:
        for month in span.each():
            text = known.get((line.whose, line.pk, month.first), "")
            name = f"{line.whose}-{line.pk}-{month}"
            line.boxes.append(Box(name, line.label, month.first, text, text))
    return lines


def plain(amount: Decimal) -> str:
    """As it is typed: without needless decimals."""
    return f"{amount:f}".removesuffix(".00")


def read_typed(lines: list[Line], sent: Mapping[str, str]) -> list[QuotaCell]:
    """The cells as they were sent, with what is wrong written into their boxes; a cell that was not sent stays."""
    cells = []
    for line in lines:
        for box in line.boxes:
            if box.name not in sent:
                continue
            box.text, box.seen = sent[box.name].strip(), sent.get(f"seen-{box.name}", "")
            amount, seen = read_amount(box.text), read_amount(box.seen)
            if box.text and amount is None:
                box.error = _("An amount between 0 and 10^12, like 25000.")
            cells.append(QuotaCell(line.whose, line.pk, box.month, amount, seen))
    return cells


def read_amount(text: str) -> Decimal | None:
    """`25000`, `25 000`, `25,000.50`, `25.000,50`; None for what is no amount."""
    found = AMOUNT.fullmatch(re.sub(r"[\s'’]", "", text))
    if found is None:
        return None
    amount = Decimal(re.sub(r"[.,]", "", found["whole"]) + "." + (found["cents"] or "0"))
    return amount.quantize(Decimal("0.01")) if amount <= MOST else None
