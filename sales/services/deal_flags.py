"""Whether discounts need approval, told anew of all open deals: what somebody may grant has changed."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, OuterRef

from sales.choices import StageKind
from sales.models import Deal, DealLine
from sales.services.approval_keep import flag_keep


def deals_flag(report: Callable[[int, int], None]) -> int:
    """How many were looked at: open ones with an owner and lines."""
    has_lines = Exists(DealLine.objects.filter(deal=OuterRef("pk")))
    rows = Deal.objects.filter(has_lines, state=StageKind.OPEN, deleted_at=None, owner__isnull=False)
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    for done, pk in enumerate(pks):
        if done % 100 == 0:
            report(done, len(pks))
        with transaction.atomic():
            deal = rows.select_for_update(of=("self",)).filter(pk=pk).first()
            if deal is not None:
                flag_keep(deal)
    return len(pks)
