"""Reasons in words, largest first; and one customer scored without NumPy as the whole company is."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.btyd import MbgNbd, probability_alive, probability_of_purchase
from analytics.churn import Ranker, features
from analytics.payers import Payers
from analytics.reasons import Facts, reasons
from analytics.rescore import Payer, rescored
from crm.statistics import Logistic

FACTS = Facts(12, date(2025, 1, 5), date(2025, 12, 1), 94, 31.0, 50.0, 30.0)


def texts(**changes: object) -> list[str]:
    values = {name: getattr(FACTS, name) for name in Facts.__dataclass_fields__} | changes
    return [reason.text for reason in reasons(Facts(**values))]


def test_the_largest_reason_stands_first() -> None:
    assert texts() == [
        "usually buys every 31 days, last order 94 days ago",
        "spend per order down 40%",
        "ordered on 12 days since January 2025",
    ]


def test_on_rhythm_and_growing() -> None:
    found = texts(recency=30, recent_amount=100.0)
    assert found[0] == "spend per order up 100%"
    assert "usually buys every 31 days, last order 30 days ago" in found


def test_two_orders_are_no_habit_yet() -> None:
    found = texts(purchase_days=2, usual_gap=104.0)
    assert found == ["one gap so far: 104 days, last order 94 days ago"]
    assert "usually buys every 104 days, last order 94 days ago" in texts(purchase_days=3, usual_gap=104.0)


def test_bought_once() -> None:
    assert texts(purchase_days=1, usual_gap=None, recency=1) == ["bought once, last order 1 day ago"]


MBG = {"r": 0.64, "alpha": 51.2, "a": 0.81, "b": 1.23, "log_likelihood": 0.0}


@given(st.integers(0, 200), st.floats(1, 3000), st.floats(0.01, 1), st.integers(1, 400))
def test_one_payer_is_scored_as_everyone_is(x: int, T: float, share: float, horizon: int) -> None:
    t_x = T * share if x else 0.0
    found = rescored({"mbg_nbd": MBG}, "mbg_nbd", horizon, Payer(x, t_x, T, 10.0))
    assert found is not None
    model = MbgNbd(**MBG)
    assert found.alive == pytest.approx(float(probability_alive(model, x, t_x, T)), rel=1e-9, abs=1e-300)
    risk = 1 - float(probability_of_purchase(model, x, t_x, T, horizon))
    assert found.churn_risk == pytest.approx(risk, rel=1e-9)


def test_one_payer_is_ranked_as_everyone_is() -> None:
    logistic = Logistic(
        -0.5, (0.9, -1.1, 0.2, 0.3), (1.0, 4.0, 5.0, 4.0), (0.7, 1.0, 0.5, 1.2), converged=True
    )
    ranker = Ranker(logistic, 0.25)
    one = [np.array([value]) for value in (1, 100, 300, 4, 5)]
    payers = Payers(*one, *(np.array([value]) for value in (120.0, 90.0, 30.0)))
    as_of = date(1970, 1, 1).fromordinal(date(1970, 1, 1).toordinal() + 365)
    assert features(payers, as_of).shape == (1, 4)
    parameters = {
        "mbg_nbd": MBG,
        "logistic": {
            "logistic": {"intercept": -0.5, "coefficients": [0.9, -1.1, 0.2, 0.3], "means": [1.0, 4.0, 5.0, 4.0],
                         "scales": [0.7, 1.0, 0.5, 1.2], "converged": True},
            "shift": 0.25,
        },
    }  # fmt: skip
    found = rescored(parameters, "logistic", 90, Payer(3, 200, 265, 120.0))
    assert found is not None
    assert found.churn_risk == pytest.approx(1 - float(ranker.probability(payers, as_of)[0]))


def test_without_a_model_there_is_nothing_to_say() -> None:
    assert rescored({}, "", 90, Payer(1, 1, 2, 3)) is None
