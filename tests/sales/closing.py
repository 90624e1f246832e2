"""A year of closed deals, without the forms: what wins is quick and talked about, what is lost drags on."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from django.utils import timezone

from contacts.models import Customer, Interaction
from contacts.services.about import about
from crm.company.selectors import company_day
from crm.staff.models import User
from sales.models import Deal, Stage, StageChange


def closed_deals(
    owner: User, customer: Customer, stages: Mapping[str, Stage], won: int, lost: int, *, told: bool = True
) -> list[Deal]:
    """Each went from Qualified to Needs known and to its end; without `told`, how it went says nothing."""
    random = Random(4)
    return [
        closed_deal(owner, customer, stages, random, number, is_won=number < won, told=told)
        for number in random.sample(range(won + lost), won + lost)
    ]


def closed_deal(
    owner: User,
    customer: Customer,
    stages: Mapping[str, Stage],
    random: Random,
    number: int,
    *,
    is_won: bool,
    told: bool,
) -> Deal:
    closed_at = timezone.now() - timedelta(days=random.uniform(2, 330))
    fast = is_won if told else random.random() < 0.5
    begun = closed_at - timedelta(days=random.uniform(20, 50) if fast else random.uniform(40, 120))
    middle = begun + (closed_at - begun) * (0.5 if fast else 0.2)
    end = stages["Won" if is_won else "Lost"]
    deal = Deal.objects.create(
        name=f"Deal {number}", customer=customer, payer_id=customer.payer_id, owner=owner, team=owner.teams.get(),
        pipeline=end.pipeline, stage=end, state=end.kind, currency="USD", amount=100, base_amount=100,
        rated_on=company_day(), close_on=closed_at.date(), closed_at=closed_at, lead_source="Fair",
    )  # fmt: skip
    way = (
        (None, "Qualified", begun),
        ("Qualified", "Needs known", middle),
        ("Needs known", end.name, closed_at),
    )
    before = begun
    for left, entered, moment in way:
        StageChange.objects.create(
            deal=deal, from_stage=stages[left] if left else None, to_stage=stages[entered], changed_at=moment,
            actor=owner, seconds=int((moment - before).total_seconds()), base_amount=100,
        )  # fmt: skip
        before = moment
    return deal


def talk(deal: Deal, owner: User, days_ago: float, *, written_days_ago: float | None = None) -> Interaction:
    """A call about a deal; written down when it was, or later."""
    at = timezone.now() - timedelta(days=days_ago)
    entry = Interaction.objects.create(
        customer=deal.customer, kind="call", happened_at=at, actor=owner, owner=owner, team=deal.team,
        summary="Called", **about(deal),
    )  # fmt: skip
    written = at if written_days_ago is None else timezone.now() - timedelta(days=written_days_ago)
    Interaction.objects.filter(pk=entry.pk).update(created_at=written)
    return entry
