"""Quotas of the fictional salespeople, and what their deals were on a day of each week of the last year."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from crm.company.selectors import company, company_day
from crm.staff.models import User
from sales.choices import StageKind
from sales.demo.deal_book import CLOSERS
from sales.forecasting import later
from sales.models import Deal, DealSnapshot, Quota, StageChange

WEEKS = 52
FIRST, LAST = -3, 6


def load() -> None:
    """Twice is once."""
    if Quota.objects.exists() or DealSnapshot.objects.exists():
        return
    Quota.objects.bulk_create(demo_quotas())
    steps = StageChange.objects.filter(undone_at=None).select_related("to_stage")
    deals = Deal.objects.filter(deleted_at=None).prefetch_related(
        Prefetch("stage_changes", queryset=steps, to_attr="steps")
    )
    for deal in deals.order_by("pk"):
        DealSnapshot.objects.bulk_create(snapshots(deal))


def demo_quotas() -> Iterator[Quota]:
    month = company_day().replace(day=1)
    for place, name in enumerate(CLOSERS):
        owner = User.objects.get(email=f"{name}@tenure.example")
        for number in range(FIRST, LAST):
            amount = Decimal(3_000 + 500 * (place % 3))
            yield Quota(owner=owner, month=later(month, number), amount=amount)


def snapshots(deal: Deal) -> Iterator[DealSnapshot]:
    """As the stage log tells it; of some deals the amount and the expected close were others then."""
    for day, plan in zip(days(), plans(deal), strict=True):
        step = last_step(deal, day)
        if step is not None and step.to_stage.is_open:
            yield snapshot(deal, step, day, deal.close_on if deal.is_open else plan)


def days() -> list[date]:
    return [company_day() - timedelta(weeks=weeks) for weeks in range(WEEKS, 0, -1)]


def plans(deal: Deal) -> Iterator[date]:
    """When a deal that was closed was expected to be: put off again and again as the day came near."""
    random = Random(deal.pk)  # noqa: S311 - the same company every time, nothing secret
    plan = deal.created_at.date() + timedelta(days=random.randrange(25, 65))
    for day in days():
        if plan < day + timedelta(days=5) and random.random() < 0.7:
            plan = day + timedelta(days=random.randrange(14, 40))
        yield plan


def last_step(deal: Deal, day: date) -> StageChange | None:
    moment = datetime.combine(day, time(), ZoneInfo(company().time_zone))
    before = [step for step in deal.steps if step.changed_at < moment]  # type: ignore[attr-defined]
    return before[-1] if before else None


def snapshot(deal: Deal, step: StageChange, day: date, close_on: date) -> DealSnapshot:
    stage, amount = step.to_stage, deal.base_amount
    if deal.is_open and deal.pk % 3 == 0 and day < company_day() - timedelta(weeks=4):
        close_on = min(close_on, day + timedelta(days=15 + deal.pk % 30))
    elif deal.is_open and deal.pk % 7 == 0 and day >= company_day() - timedelta(weeks=4):
        close_on += timedelta(days=35 if deal.pk % 2 else -35)
    if deal.pk % 9 == 0 and amount is not None:
        amount = (amount * Decimal("0.8" if deal.pk % 2 else "1.15")).quantize(Decimal("0.01"))
    return DealSnapshot(
        day=day, deal=deal, owner=deal.owner, team=deal.team, pipeline_id=stage.pipeline_id, stage=stage,
        state=StageKind.OPEN, close_on=close_on, base_amount=amount, probability=stage.probability,
        forecast_category=stage.forecast_category,
    )  # fmt: skip
