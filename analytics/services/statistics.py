"""Keeping the statistics of payers up to date from dirty rows, and their values with them."""

from datetime import date, timedelta

import numpy as np
from django.db import transaction
from django.utils import timezone

from analytics.assumptions import assumptions
from analytics.knowledge import knowledge_from
from analytics.models import PayerStatistics, ValueRun, ValueSettings
from analytics.payers import Ints, Payers, calendar_day
from analytics.selectors.costs import yearly_costs
from analytics.selectors.orders import purchase_days
from analytics.selectors.runs import newest_run, value_settings
from analytics.selectors.statistics import stored_payers
from analytics.services.lock import take_values_lock
from analytics.valuation import Window, valuation, whole_history
from analytics.value_rows import Stamp, statistics_columns, value_columns
from contacts.models import CustomerValue
from crm.columnar.binary_copy import fetch_arrays
from crm.columnar.table_swap import merge_rows, replace_rows
from crm.jobs.services import enqueue

#: Above this share of all payers it is quicker to read all orders again than those of each dirty payer.
REBUILD_ABOVE = 0.2


@transaction.atomic
def statistics_pull() -> int:
    """Take the dirty payers, bring their statistics up to date and score them; returns how many there were.

    Everything happens in one transaction with the DELETE ... RETURNING: a worker killed on the way leaves the dirty
    rows as they were, and an order that commits later leaves a dirty row of its own.
    """
    take_values_lock()
    settings = value_settings()
    if settings.statistics_measure != settings.measure:
        enqueue("analytics.value_refresh")  # reads all orders anyway
        return 0
    dirty = take_dirty()
    if not len(dirty):
        return 0
    payers = payers_update(settings, dirty)
    run = newest_run()
    if run is not None and run.cuts:
        rescore(settings, run, payers)
    return len(dirty)


def take_dirty() -> Ints:
    """The payers of all dirty rows of orders, which are gone with this transaction."""
    (found,) = fetch_arrays(
        "WITH taken AS (DELETE FROM contacts_dirtycustomer WHERE kind = 'order' RETURNING customer_id) "
        "SELECT array_agg(DISTINCT customer_id) FROM taken",
        ("int8",),
    )
    return found.astype(np.int64)


def payers_update(settings: ValueSettings, dirty: Ints) -> Payers:
    """Compute these payers' statistics from their orders; those without an order left lose their row and value."""
    payers = purchase_days(settings, payers=dirty).payers()
    gone = np.setdiff1d(dirty, payers.payer).tolist()
    if gone:
        PayerStatistics.objects.filter(customer_id__in=gone).delete()
        CustomerValue.objects.filter(customer_id__in=gone).delete()
    if len(payers):
        merge_rows(PayerStatistics, statistics_columns(payers), len(payers))
    return payers


def rescore(settings: ValueSettings, run: ValueRun, payers: Payers) -> None:
    """Score these payers with the newest run's parameters, as of that run or their newest order."""
    if not len(payers):
        return
    as_of = max(run.as_of, calendar_day(int(payers.last.max())))
    known = knowledge_from(run.parameters, run.cuts, run.champion)
    assumed = assumptions(settings)
    cost = yearly_costs(settings, payers.payer, as_of)
    found = valuation(payers, as_of, known, assumed, window_of(settings, payers, as_of), cost)
    stamp = Stamp(run.pk, as_of, run.value_state, timezone.now())
    merge_rows(CustomerValue, value_columns(payers, found, known, assumed, stamp), len(payers))


def window_of(settings: ValueSettings, payers: Payers, as_of: date) -> Window:
    """What RFM looks at: the whole history, or the days of the window."""
    if settings.window_days is None:
        return whole_history(payers, as_of)
    since = as_of - timedelta(days=settings.window_days - 1)
    chosen = payers.payer if len(payers) < 20_000 else None
    days, amount = purchase_days(settings, up_to=as_of, since=since, payers=chosen).totals(payers.payer)
    mean = np.divide(amount, days, out=np.zeros(len(payers)), where=days > 0)
    return Window(payers.recency(as_of), days, mean)


def payers_now(settings: ValueSettings) -> Payers:
    """The statistics of everyone, brought up to date by the cheaper of two ways."""
    if settings.statistics_measure != settings.measure:
        return statistics_rebuild(settings)
    dirty = take_dirty()
    if len(dirty) > REBUILD_ABOVE * PayerStatistics.objects.count() + 1_000:
        return statistics_rebuild(settings)
    if len(dirty):
        payers_update(settings, dirty)
    return stored_payers()


def statistics_rebuild(settings: ValueSettings) -> Payers:
    """Read all placed orders and replace the statistics of everyone; dirty rows known by now are thereby done."""
    take_dirty()
    payers = purchase_days(settings).payers()
    replace_rows(PayerStatistics, statistics_columns(payers), len(payers))
    settings.statistics_measure = settings.measure
    ValueSettings.objects.update_or_create(pk=1, defaults={"statistics_measure": settings.measure})
    return payers
