"""Setting quotas: many cells of the grid of people, teams and months at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.one_at_a_time import wait_for_turn
from crm.staff.models import User
from sales.models import Quota
from sales.models.order import LIMIT

Key = tuple[str, int, date]  # ("owner" or "team", id, month)


@dataclass(frozen=True)
class QuotaCell:
    """A quota as it is typed; `seen` is what stood there before, None means none."""

    whose: str
    pk: int
    month: date
    amount: Decimal | None
    seen: Decimal | None

    @property
    def key(self) -> Key:
        return self.whose, self.pk, self.month


class QuotaMoved(Exception):
    """Somebody else has set quotas that this person changed too."""

    def __init__(self, cells: Sequence[QuotaCell]) -> None:
        super().__init__()
        self.cells = cells


@transaction.atomic
def quotas_set(*, actor: User, cells: Sequence[QuotaCell]) -> int:
    """Write the cells that differ from what was seen; how many. An empty one takes the quota away.

    Raises QuotaMoved, with nothing written, when another person has changed one of them in the meantime.
    """
    require(actor, "sales.edit_quota")
    wait_for_turn("sales.quotas_set")
    changed = [cell for cell in cells if cell.amount != cell.seen]
    known = {
        key_of(quota): quota for quota in Quota.objects.filter(month__in={cell.month for cell in changed})
    }
    moved = [cell for cell in changed if amount_of(known.get(cell.key)) not in (cell.seen, cell.amount)]
    if moved:
        raise QuotaMoved(moved)
    return sum(quota_set(actor, cell, known.get(cell.key)) for cell in changed)


def quota_set(actor: User, cell: QuotaCell, quota: Quota | None) -> bool:
    before = amount_of(quota)
    if before == cell.amount:
        return False
    quota = quota or Quota(**{f"{cell.whose}_id": cell.pk}, month=cell.month)
    require(actor, "sales.edit_quota", quota)
    if cell.amount is None:
        record(actor=actor, action="sales.quota.edit", obj=quota, before={"amount": before})
        quota.delete()
        return True
    check_amount(cell.amount)
    quota.amount = cell.amount
    quota.save()
    after = {"amount": cell.amount, "month": cell.month, cell.whose: cell.pk}
    record(actor=actor, action="sales.quota.edit", obj=quota, before={"amount": before}, after=after)
    return True


def check_amount(amount: Decimal) -> None:
    if not 0 <= amount <= LIMIT:
        raise ValidationError(_("A quota lies between 0 and 10^12."))


def key_of(quota: Quota) -> Key:
    return (
        ("owner", quota.owner_id, quota.month)
        if quota.owner_id
        else ("team", quota.team_id or 0, quota.month)
    )


def amount_of(quota: Quota | None) -> Decimal | None:
    return quota.amount if quota else None
