"""Who sold what: won and lost in the period, the quota, and what is still coming in it; by owner or team."""

from collections import defaultdict
from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils.formats import date_format

from crm.company.reading import short_day
from sales.forecast import CHANCE, names, quotas
from sales.forecasting import WON
from sales.reporting.conditions import CLOSED, LOST, OPEN, expected
from sales.reporting.period import Period
from sales.reporting.scope import Scope

NONE = Decimal(0)
BY = ("owner", "team")
#: a period of at most so many days is drawn by week
BY_WEEK = 100


@dataclass
class Tally:
    """Of some deals: amounts in the company's currency; `cycle` adds up the time from begun to won of `cycled` deals.

    coming, weighted, learned: open deals expected in the rest of the period. quota: None where none is set.
    """

    won: int = 0
    lost: int = 0
    amount: Decimal = NONE
    cycle: timedelta = timedelta()
    cycled: int = 0
    open: int = 0
    coming: Decimal = NONE
    weighted: Decimal = NONE
    learned: Decimal = NONE
    quota: Decimal | None = None

    def add(self, other: "Tally") -> None:
        for each in fields(self):
            mine, more = getattr(self, each.name), getattr(other, each.name)
            if more is not None:
                setattr(self, each.name, more if mine is None else mine + more)

    @property
    def rate(self) -> float | None:
        closed = self.won + self.lost
        return self.won / closed if closed else None

    @property
    def average(self) -> Decimal | None:
        return self.amount / self.won if self.won else None

    @property
    def days(self) -> float | None:
        """From begun to won, on average."""
        return self.cycle / timedelta(days=1) / self.cycled if self.cycled else None

    @property
    def attainment(self) -> Decimal | None:
        return self.amount / self.quota if self.quota else None

    @property
    def missing(self) -> Decimal | None:
        return None if self.quota is None else max(self.quota - self.amount, NONE)

    @property
    def coverage(self) -> Decimal | None:
        """How many times the open deals cover what is missing; None where nothing is."""
        return self.coming / self.missing if self.missing else None

    @property
    def velocity(self) -> float | None:
        """What comes in a day: open deals x average amount x win rate / days."""
        if self.average is None or not self.rate or not self.days:
            return None
        return self.open * float(self.average) * self.rate / self.days


@dataclass(frozen=True)
class Person:
    label: str
    key: int | None
    now: Tally
    doors: dict[str, str]
    activities: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class People:
    """`now` and `before` are the sums of all."""

    rows: list[Person]
    now: Tally
    before: Tally
    doors: dict[str, str]


def people(scope: Scope, by: str) -> People:
    """Best first. Three queries."""
    now, earlier = tallies(scope, by)
    for key, amount in quota_of(scope, by).items():
        now[key].quota = amount
    labels = names(by, now)
    total, before = Tally(), Tally()
    for tally in now.values():
        total.add(tally)
    for tally in earlier.values():
        before.add(tally)
    rows = [
        Person(label, key, now[key], doors(scope, {by: str(key or "none")})) for key, label in labels.items()
    ]
    rows.sort(key=lambda row: (-row.now.amount, row.label))
    return People(rows, total, before, doors(scope, {}))


def tallies(scope: Scope, by: str) -> tuple[dict[int | None, Tally], dict[int | None, Tally]]:
    """By owner or team: of the period, and what was won and lost in the one before. One query."""
    inside, was = scope.period.closing, scope.before.closing
    rows = scope.deals.filter(OPEN | (CLOSED & (inside | was))).order_by().values(f"{by}_id")
    now: dict[int | None, Tally] = defaultdict(Tally)
    earlier: dict[int | None, Tally] = defaultdict(Tally)
    asked = {**closed_sums("now", inside), **closed_sums("was", was), **open_sums(scope)}
    for row in rows.annotate(**asked):
        key = row[f"{by}_id"]
        now[key] = Tally(
            **closed_of("now", row),
            open=row["open"],
            coming=row["coming"] or NONE,
            weighted=row["weighed"] or NONE,
            learned=row["learned"] or NONE,
        )
        earlier[key] = Tally(**closed_of("was", row))
    return now, earlier


def closed_sums(word: str, inside: Q) -> dict[str, Any]:
    timed = Q(closed_at__gt=F("created_at"))
    return {
        f"{word}_won": Count("pk", filter=WON & inside),
        f"{word}_lost": Count("pk", filter=LOST & inside),
        f"{word}_amount": Sum("base_amount", filter=WON & inside),
        f"{word}_cycle": Sum(F("closed_at") - F("created_at"), filter=WON & inside & timed),
        f"{word}_cycled": Count("pk", filter=WON & inside & timed),
    }


def open_sums(scope: Scope) -> dict[str, Any]:
    coming = expected(scope.period, scope.today)
    return {
        "open": Count("pk", filter=OPEN),
        "coming": Sum("base_amount", filter=coming),
        "weighed": Sum("weighted_amount", filter=coming),
        "learned": Sum(F("base_amount") * CHANCE, filter=coming),
    }


def closed_of(word: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "won": row[f"{word}_won"],
        "lost": row[f"{word}_lost"],
        "amount": row[f"{word}_amount"] or NONE,
        "cycle": row[f"{word}_cycle"] or timedelta(),
        "cycled": row[f"{word}_cycled"],
    }


def quota_of(scope: Scope, by: str) -> dict[int | None, Decimal]:
    """Of whole months, where the report is not of one pipeline: quotas are not set for these."""
    span = scope.period.span
    if span is None or "pipeline" in scope.narrowed:
        return {}
    found: dict[int | None, Decimal] = defaultdict(Decimal)
    narrowed = scope.narrowed.get(by)
    others = {name for name in scope.narrowed if name != by}
    for (_month, key), amount in quotas(scope.user, span, by).items():
        if not others and narrowed in (None, key):
            found[key] += amount
    return found


def doors(scope: Scope, narrowed: dict[str, str]) -> dict[str, str]:
    first = Period(max(scope.period.first, scope.today), max(scope.period.last, scope.today))
    return {
        "won": scope.closed(state="won", **narrowed),
        "lost": scope.closed(state="lost", **narrowed),
        "closed": scope.closed(**narrowed),
        "open": scope.door(state="open", **narrowed),
        "coming": scope.door(forecast="open", days=str(first), **narrowed),
    }


# --- over time ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    label: str
    won: int
    amount: Decimal
    door: str


def over_time(scope: Scope) -> list[Step]:
    """What was won by week of a short period, by month of a long one; parts with nothing are there too."""
    weekly = scope.period.days <= BY_WEEK
    cut = TruncWeek("close_on") if weekly else TruncMonth("close_on")
    rows = scope.deals.filter(WON, scope.period.closing).annotate(part=cut).order_by().values("part")
    rows = rows.annotate(count=Count("pk"), amount=Sum("base_amount"))
    found = {row["part"]: (row["count"], row["amount"] or NONE) for row in rows}
    return [
        Step(
            short_day(part.first) if weekly else date_format(part.first, "M Y"),
            *found.get(key, (0, NONE)),
            scope.door(state="won", days=str(part)),
        )
        for key, part in parts(scope.period, weekly=weekly)
    ]


def parts(period: Period, *, weekly: bool) -> list[tuple[Any, Period]]:
    """The first day of each week or month, and the days of it that lie in the period."""
    found, day = [], period.first
    while day <= period.last:
        key = day - timedelta(days=day.weekday()) if weekly else day.replace(day=1)
        end = (
            key + timedelta(days=6)
            if weekly
            else (key + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        )
        found.append((key, Period(day, min(end, period.last))))
        day = end + timedelta(days=1)
    return found
