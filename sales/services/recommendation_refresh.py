"""Learning what is bought together, and what to recommend to whom: everything of one refresh in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from time import perf_counter

from django.db import transaction
from django.utils import timezone

from crm.columnar.table_swap import replace_rows
from crm.company.selectors import company_day
from crm.one_at_a_time import wait_for_turn
from sales.choices import RecommendationState
from sales.models import ProductRule, Recommendation, RecommendationRun
from sales.recommending.backtest import backtest
from sales.recommending.purchases import Purchases
from sales.recommending.reading import EPOCH, Lines, purchases_until, settle_memory, sold_places
from sales.recommending.rows import pick_columns, rule_columns
from sales.recommending.rules import least_support, rules
from sales.recommending.scoring import picks

TURN = "sales.recommendation_refresh"
#: how many products a customer is recommended
BEST = 5


class Steps:
    """Seconds by step, kept with the run."""

    def __init__(self, run: RecommendationRun) -> None:
        self.seconds: dict[str, float] = run.seconds

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - begun, 3)


def recommendation_refresh(*, as_of: date | None = None) -> RecommendationRun:
    """Compute all recommendations as of the end of a day (today by default) and store the run.

    Two at once take turns. If it fails or is killed, the old recommendations stay whole.
    """
    day = as_of or company_day()
    try:
        with transaction.atomic():
            wait_for_turn(TURN)
            return refreshed(day)
    except Exception as fault:
        RecommendationRun.objects.create(
            as_of=day, state=RecommendationState.FAILED, error=f"{type(fault).__name__}: {fault}"
        )
        raise


def refreshed(day: date) -> RecommendationRun:
    run = RecommendationRun(as_of=day, state=RecommendationState.DONE)
    steps = Steps(run)
    settle_memory()
    with steps.step("pull"):
        known, lines = purchases_until(day)
    describe(run, known, lines)
    with steps.step("learn"):
        sold = sold_places(known)
        learnt = rules(known, sold=sold)
    with steps.step("back-test"):
        run.backtest = dated(backtest(known, sold=sold))
    with steps.step("score"):
        found = picks(known, learnt, best=BEST)
    run.rules, run.recommendations = len(learnt), len(found)
    if not len(learnt):
        run.state = RecommendationState.TOO_LITTLE
    run.save()
    with steps.step("write"):
        replace_rows(ProductRule, rule_columns(known, learnt), len(learnt))
        replace_rows(Recommendation, pick_columns(known, learnt, found, run.pk), len(found))
    run.finished_at = timezone.now()
    run.save()
    return run


def describe(run: RecommendationRun, known: Purchases, lines: Lines) -> None:
    run.lines, run.data_first_on, run.data_last_on = lines.count, lines.first_on, lines.last_on
    run.customers, run.products = len(known.customer), len(known.product)
    run.least_support = least_support(len(known.customer))


def dated(found: dict[str, object]) -> dict[str, object]:
    """The figures with the first held-out day as people write it."""
    if not found:
        return found
    first = EPOCH + timedelta(days=int(str(found["held_from"])))
    return {**found, "held_from": first.isoformat()}
