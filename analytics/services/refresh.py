"""The refresh: pull, score, fit, value, write; all of it in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter

import numpy as np
from django.db import transaction
from django.utils import timezone

from analytics.assumptions import assumptions
from analytics.btyd import GammaGamma, MbgNbd
from analytics.choices import Lack, Model, RunState
from analytics.knowledge import Knowledge
from analytics.lifetime_value import category_cuts
from analytics.models import ValueRun, ValueSettings
from analytics.payers import Payers, calendar_day, day_number
from analytics.rfm import GROUPS, Cuts, cut_points
from analytics.selectors.costs import yearly_costs
from analytics.selectors.orders import purchase_days
from analytics.selectors.runs import newest_run, value_settings
from analytics.services.contest import Contest, contest
from analytics.services.fitting import fitted, lack
from analytics.services.history import month_closed
from analytics.services.lock import take_values_lock
from analytics.services.statistics import payers_now, window_of
from analytics.valuation import Valuation, Window, valuation
from analytics.value_rows import Stamp, value_columns
from contacts.models import CustomerValue
from crm.columnar.table_swap import replace_rows
from crm.company.selectors import company_day


@dataclass
class Clock:
    """Seconds by step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = perf_counter()
        yield
        self.seconds[name] = round(perf_counter() - begun, 3)


def value_refresh(*, as_of: date | None = None) -> ValueRun:
    """Compute every value as of the end of a day (today by default) and store the run.

    What is ordered after that day is not known to it. If it fails or is killed, the old values stay whole.
    """
    day = as_of or company_day()
    try:
        with transaction.atomic():
            take_values_lock()
            return refreshed(day)
    except Exception as fault:
        ValueRun.objects.create(as_of=day, state=RunState.FAILED, error=f"{type(fault).__name__}: {fault}")
        raise


def refreshed(as_of: date) -> ValueRun:
    clock, settings, before = Clock(), value_settings(), newest_run()
    with clock.step("pull"):
        payers = known_payers(settings, as_of)
    run = ValueRun(
        as_of=as_of, horizon_days=settings.horizon_days, terms=settings.terms(), payers=len(payers)
    )
    if not len(payers):
        return without_orders(run)
    describe(run, payers)
    with clock.step("rfm"):
        window = window_of(settings, payers, as_of)
        known = Knowledge(cuts_of(settings, window))
    with clock.step("fit"):
        run.lack = lack(settings, payers, as_of)
        models = None if run.lack else fitted(payers, as_of, before)
    if models is None:
        run.state, run.lack = RunState.TOO_LITTLE_DATA, run.lack or Lack.FIT
    else:
        with clock.step("back-test"):
            found = contest(settings, payers, as_of, before)
        known = taught(run, known, models, found)
    score_and_write(run, settings, payers, known, window, clock)
    return run


def without_orders(run: ValueRun) -> ValueRun:
    CustomerValue.objects.all().delete()
    run.state, run.finished_at = RunState.NO_ORDERS, timezone.now()
    run.save()
    return run


def cuts_of(settings: ValueSettings, window: Window) -> Cuts:
    return cut_points(
        window.recency,
        window.frequency,
        window.monetary,
        quadrant_recency=settings.quadrant_recency_days,
        quadrant_frequency=settings.quadrant_frequency,
    )


def known_payers(settings: ValueSettings, as_of: date) -> Payers:
    """Statistics as of the day: the maintained ones, unless something is ordered after it."""
    payers = payers_now(settings)
    if len(payers) and int(payers.last.max()) > day_number(as_of):
        return purchase_days(settings, up_to=as_of).payers()
    return payers


def describe(run: ValueRun, payers: Payers) -> None:
    run.orders = int(payers.orders.sum())
    run.repeats = int(payers.days.sum()) - len(payers)
    run.data_first_on = calendar_day(int(payers.first.min()))
    run.data_last_on = calendar_day(int(payers.last.max()))


def taught(run: ValueRun, known: Knowledge, models: tuple[MbgNbd, GammaGamma], found: Contest) -> Knowledge:
    """What was learnt from the fit and the contest; the run keeps how they went."""
    run.state = RunState.PREDICTED if models[0].dropout_detectable else RunState.NO_DROPOUT
    run.log_likelihood, run.champion = models[0].log_likelihood, found.champion
    run.backtest, run.backtest_on = found.table, found.held_on
    return replace(
        known,
        champion=found.champion,
        mbg_nbd=models[0],
        gamma_gamma=models[1],
        pareto_nbd=found.contenders.pareto_nbd if found.champion == Model.PARETO_NBD else None,
        logistic=found.contenders.logistic if found.champion == Model.LOGISTIC else None,
    )


def score_and_write(
    run: ValueRun, settings: ValueSettings, payers: Payers, known: Knowledge, window: Window, clock: Clock
) -> None:
    assumed = assumptions(settings)
    with clock.step("score"):
        cost = yearly_costs(settings, payers.payer, run.as_of)
        found = valuation(payers, run.as_of, known, assumed, window, cost)
        known = summarise(run, found, known)
        run.parameters, run.cuts = known.parameters(), known.cut_values()
    with clock.step("history"):
        month_closed(run.as_of)
    with clock.step("write"):
        run.save()
        stamp = Stamp(run.pk, run.as_of, run.value_state, timezone.now())
        replace_rows(CustomerValue, value_columns(payers, found, known, assumed, stamp), len(payers))
    run.seconds, run.finished_at = clock.seconds, timezone.now()
    run.save()


def summarise(run: ValueRun, found: Valuation, known: Knowledge) -> Knowledge:
    """What the run says of all payers together."""
    counts = np.bincount(found.rfm.group, minlength=len(GROUPS))
    run.rfm_groups = {group: int(count) for group, count in zip(GROUPS, counts, strict=True)}
    if found.prediction is None or found.value is None:
        return known
    run.customer_equity = float(found.value.sum())
    run.equity_at_risk = float((np.maximum(found.value, 0) * found.prediction.churn_risk).sum())
    return replace(known, category_cuts=category_cuts(found.value))
