"""The rows of contacts.CustomerValue and analytics.PayerStatistics as columns to be copied into the database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from analytics.knowledge import Assumptions, Knowledge
from analytics.lifecycle import AIDA, STAGES
from analytics.payers import Payers, day_number
from analytics.rfm import GROUPS, QUADRANTS
from analytics.valuation import CATEGORIES, NONE_EXPECTED_AFTER, Valuation, category_codes
from crm.columnar.binary_copy import Cells, Column, Same, Words


def statistics_columns(payers: Payers) -> list[Column]:
    return [
        Cells("customer_id", "int8", payers.payer),
        Cells("first_on", "date", payers.first),
        Cells("last_on", "date", payers.last),
        Cells("purchase_days", "int4", payers.days),
        Cells("orders", "int4", payers.orders),
        Cells("amount", "float8", payers.amount),
        Cells("repeat_amount", "float8", payers.repeat_amount),
        Cells("recent_amount", "float8", payers.recent_amount),
    ]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which run wrote a value, about which day, how far it can be trusted, and when."""

    run: int
    as_of: date
    state: str
    now: datetime

    def columns(self) -> list[Column]:
        micros = int(
            (self.now.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000
        )
        return [
            Same("run_number", "int4", self.run),
            Same("as_of", "date", day_number(self.as_of)),
            Same("computed_at", "timestamptz", micros),
            Same("state", "text", self.state),
        ]


def value_columns(
    payers: Payers, found: Valuation, known: Knowledge, assumed: Assumptions, stamp: Stamp
) -> list[Column]:
    return [
        Cells("customer_id", "int8", payers.payer),
        *stamp.columns(),
        Cells("first_order_on", "date", payers.first),
        Cells("last_order_on", "date", payers.last),
        Cells("total_spend", "float8", payers.amount),
        Cells("usual_gap_days", "float8", found.usual_gap, payers.days > 1),
        *_rfm_columns(found),
        Same("horizon_days", "int2", assumed.horizon_days),
        Words("lifecycle", STAGES, found.lifecycle),
        Words("aida_stage", AIDA, found.aida),
        *_prediction_columns(payers, found, known, day_number(stamp.as_of)),
    ]


def _rfm_columns(found: Valuation) -> list[Column]:
    return [
        Cells("recency_days", "int4", found.window.recency.astype(np.int32)),
        Cells("frequency", "int4", found.window.frequency.astype(np.int32)),
        Cells("monetary", "float8", found.window.monetary),
        Cells("r_score", "int2", found.rfm.r),
        Cells("f_score", "int2", found.rfm.f),
        Cells("m_score", "int2", found.rfm.m),
        Cells("fm_score", "int2", found.rfm.fm),
        Words("rfm_group", GROUPS, found.rfm.group),
        Words("quadrant", QUADRANTS, found.rfm.quadrant),
    ]


def _prediction_columns(payers: Payers, found: Valuation, known: Knowledge, today: int) -> list[Column]:
    seen = found.prediction
    if seen is None:
        names = ("probability_alive", "churn_risk", "expected_purchases", "expected_value", *_RANGE)
        return [
            *(Same(name, "float8", None) for name in names),
            Same("next_order_on", "date", None),
            Same("value_category", "text", ""),
        ]
    soon = seen.next_order_days <= NONE_EXPECTED_AFTER
    wait = np.where(soon, np.round(np.where(soon, seen.next_order_days, 0)), 0).astype(np.int64)
    detectable = known.mbg_nbd is not None and known.mbg_nbd.dropout_detectable
    alive = Cells("probability_alive", "float8", seen.alive)
    return [
        alive if detectable else Same("probability_alive", "float8", None),
        Cells("churn_risk", "float8", seen.churn_risk),
        Cells("expected_purchases", "float8", seen.future.purchases),
        Cells("expected_value", "float8", seen.future.purchase_value),
        Cells("lifetime_value", "float8", seen.future.value),
        Cells("lifetime_value_low", "float8", seen.low),
        Cells("lifetime_value_high", "float8", seen.high),
        Cells("next_order_on", "date", today + np.maximum(wait, 1), soon),
        Words("value_category", CATEGORIES, category_codes(found, known.category_cuts)),
    ]


_RANGE = ("lifetime_value", "lifetime_value_low", "lifetime_value_high")


def history_columns(payers: Payers, found: Valuation, month_on: date) -> list[Column]:
    """The rows of analytics.ValueHistory for one month end."""
    seen = found.prediction
    predicted: list[Column] = (
        [Same("lifetime_value", "float8", None), Same("churn_risk", "float8", None)]
        if seen is None
        else [
            Cells("lifetime_value", "float8", seen.future.value),
            Cells("churn_risk", "float8", seen.churn_risk),
        ]
    )
    return [
        Cells("customer_id", "int8", payers.payer),
        Same("month_on", "date", day_number(month_on)),
        Words("rfm_group", GROUPS, found.rfm.group),
        *predicted,
    ]
