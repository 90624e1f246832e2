"""The deals of the fictional company, drawn one by one and written together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from django.utils import timezone

from contacts.models import Customer
from crm.company.selectors import company, company_day
from crm.money.services import base_amount
from crm.search.services import index_many
from crm.staff.models import User
from sales.choices import StageKind
from sales.models import (
    Deal,
    DealLine,
    LossReason,
    Order,
    OrderLine,
    Pipeline,
    Product,
    Stage,
    StageChange,
)
from sales.staleness import stale_moment

CLOSERS = ("rep", "sofie", "lukasz", "chiara", "etienne", "ines")
# where deals come from: those that are won come from friends more often than those that are lost
SOURCES = ("Website", "Referral", "Trade fair", "Cold call", "Partner", "Web shop")
OF_WON, OF_LOST, OF_OPEN = (3, 5, 3, 2, 4, 3), (4, 3, 3, 4, 2, 3), (4, 4, 3, 3, 3, 3)
TOPICS = (
    "Espresso bar for {}", "Machine lease, {}", "Office coffee, {}", "Yearly beans, {}", "Barista training, {}",
    "Second location of {}", "Filter brewers for {}", "House blend for {}",
)  # fmt: skip


@dataclass
class Book:
    """Collects rows and writes them at once."""

    random: Random
    pipelines: Sequence[Pipeline]
    deals: list[Deal] = field(default_factory=list)
    changes: list[StageChange] = field(default_factory=list)
    lines: list[DealLine] = field(default_factory=list)
    orders: list[tuple[Order, Deal]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stages = {
            pipeline.pk: list(pipeline.stages.filter(deleted_at=None).order_by("position"))
            for pipeline in self.pipelines
        }
        self.owners = [User.objects.get(email=f"{name}@tenure.example") for name in CLOSERS]
        self.teams = {owner.pk: owner.teams.get() for owner in self.owners}
        self.reasons = list(LossReason.objects.filter(deleted_at=None))
        self.products = list(Product.objects.filter(is_active=True).order_by("pk"))
        self.zone, self.now = ZoneInfo(company().time_zone), timezone.now()

    # --- three kinds of deal: what is lost drags on, mostly in its last stage -------------------------------

    def won(self, order: Order) -> None:
        deal = self.begin(order.customer, order.payer, order.placed_at - self.days(12, 75), OF_WON)
        deal.currency, deal.amount, deal.base_amount = order.currency, order.amount, order.base_amount
        self.way(deal, self.end(deal, StageKind.WON), order.placed_at)
        self.orders.append((order, deal))

    def lost(self, customer: Customer) -> None:
        closed = self.moment(self.random.randrange(2, 340))
        deal = self.begin(customer, customer, closed - self.days(12, 100), OF_LOST)
        self.price(deal)
        deal.loss_reason = self.random.choices(self.reasons, weights=range(len(self.reasons), 0, -1))[0]
        self.way(deal, self.end(deal, StageKind.LOST), closed)

    def open(self, customer: Customer) -> None:
        deal = self.begin(customer, customer, self.moment(self.random.randrange(1, 80)), OF_OPEN)
        self.price(deal)
        stages = [stage for stage in self.stages[deal.pipeline_id] if stage.is_open]
        stage = self.random.choices(stages, weights=range(len(stages) + 1, 1, -1))[0]
        self.way(deal, stage, self.now - self.days(0, self.random.choice((12, 18, 40))))
        deal.close_on = company_day() + timedelta(days=self.random.randrange(-6, 100))

    # --- their parts --------------------------------------------------------------------------------------------

    def begin(self, customer: Customer, payer: Customer, created: datetime, sources: Sequence[int]) -> Deal:
        pipeline = self.random.choices(self.pipelines, weights=(3, 1))[0]
        owner = self.random.choice(self.owners)
        topic = "Renewal, {}" if pipeline.name == "Renewals" else self.random.choice(TOPICS)
        return Deal(
            name=topic.format(payer.name)[:200], customer=customer, payer=payer, pipeline=pipeline, owner=owner,
            team=self.teams[owner.pk], currency=company().currency,
            lead_source=self.random.choices(SOURCES, weights=sources)[0],
            created_at=created, stage_since=created, rated_on=created.date(), close_on=created.date(),
        )  # fmt: skip

    def price(self, deal: Deal) -> None:
        """A few lines; what they cost together is the amount."""
        for product in self.random.sample(self.products, self.random.randrange(1, 4)):
            unit = product.price_amount or Decimal(20)
            quantity = Decimal(1 if unit > 200 else self.random.randrange(2, 60))
            discount = Decimal(self.random.choice((0, 0, 0, 5, 10)))
            total = (unit * quantity * (100 - discount) / 100).quantize(Decimal("0.01"))
            line = DealLine(
                deal=deal, product=product, text=product.name, quantity=quantity, unit_amount=unit,
                discount_rate=discount, line_amount=total,
            )  # fmt: skip
            self.lines.append(line)
            deal.amount = (deal.amount or 0) + total
        deal.base_amount = base_amount(deal.amount or Decimal(0), deal.currency, company_day())

    def way(self, deal: Deal, last: Stage, until: datetime) -> None:
        """From stage to stage at times in between; deals that are lost mostly are lost early."""
        opens = [stage for stage in self.stages[deal.pipeline_id] if stage.is_open]
        if last.is_open:
            path = [stage for stage in opens if stage.position <= last.position]
        else:
            reached = len(opens) if last.kind == StageKind.WON else self.random.randrange(1, len(opens) + 1)
            path = [*opens[:reached], last]
        until = max(deal.created_at, min(until, self.now))
        drag = 1.3 if last.kind == StageKind.LOST else 0.9
        at = sorted(
            deal.created_at + (until - deal.created_at) * self.random.random() ** drag for _stage in path[1:]
        )
        moments = [deal.created_at, *at]
        if not last.is_open:
            moments[-1] = until
        for index, (stage, moment) in enumerate(zip(path, moments, strict=True)):
            self.changes.append(
                StageChange(
                    deal=deal, from_stage=path[index - 1] if index else None, to_stage=stage, changed_at=moment,
                    actor=deal.owner, base_amount=deal.base_amount,
                    seconds=int((moment - moments[index - 1]).total_seconds()) if index else 0,
                )
            )  # fmt: skip
        self.arrive(deal, last, moments[-1])
        self.deals.append(deal)

    def arrive(self, deal: Deal, stage: Stage, moment: datetime) -> None:
        deal.stage, deal.state, deal.stage_since = stage, stage.kind, moment
        deal.probability, deal.forecast_category = stage.probability, stage.forecast_category
        deal.active_at = min(self.now, moment + self.days(0, 6))
        if stage.is_open:
            deal.stale_at = stale_moment(stage, deal.active_at)
        else:
            deal.closed_at, deal.close_on = moment, moment.astimezone(self.zone).date()

    def end(self, deal: Deal, kind: StageKind) -> Stage:
        return next(stage for stage in self.stages[deal.pipeline_id] if stage.kind == kind)

    def days(self, least: int, most: int) -> timedelta:
        return timedelta(days=least + (most - least) * self.random.random())

    def moment(self, days_ago: int) -> datetime:
        day: date = company_day() - timedelta(days=days_ago)
        day -= timedelta(days=max(0, day.weekday() - 4))
        hour, minute = self.random.randrange(8, 18), self.random.randrange(60)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)

    # --- writing ------------------------------------------------------------------------------------------------

    def write(self) -> None:
        begun = [(deal.created_at, max(deal.stage_since, deal.created_at)) for deal in self.deals]
        Deal.objects.bulk_create(self.deals)
        for deal, (created, updated) in zip(self.deals, begun, strict=True):
            deal.created_at, deal.updated_at = created, updated
        Deal.objects.bulk_update(self.deals, ["created_at", "updated_at"], batch_size=500)
        StageChange.objects.bulk_create(self.changes)
        for order, deal in self.orders:
            order.deal, order.lead_source = deal, deal.lead_source
        Order.objects.bulk_update([order for order, _deal in self.orders], ["deal", "lead_source"])
        DealLine.objects.bulk_create([*self.lines, *self.lines_of_orders()])
        index_many(self.deals)

    def lines_of_orders(self) -> Iterator[DealLine]:
        deals = {order.pk: deal for order, deal in self.orders}
        for line in OrderLine.objects.filter(order__in=deals):
            yield DealLine(
                deal=deals[line.order_id], product_id=line.product_id, text=line.text, quantity=line.quantity,
                unit_amount=line.unit_amount, discount_rate=line.discount_rate, line_amount=line.line_amount,
            )  # fmt: skip
