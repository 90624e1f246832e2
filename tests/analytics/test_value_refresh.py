"""The refresh through a real database: CDNOW's numbers come out, and values of every payer are written."""

import json
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from analytics.models import PayerStatistics, ValueRun, ValueSettings
from analytics.services.backtest import as_document, value_backtest
from analytics.services.refresh import value_refresh
from contacts.models import CustomerValue
from sales.choices import OrderStatus
from sales.models import Order
from tests.analytics.company import cdnow, customers, order, shop

pytestmark = pytest.mark.django_db
FITTED_ON = date(1997, 9, 30)
TODAY = date(2026, 3, 1)


def printed(*command: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(*command, "--json", stdout=out)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def test_cdnow_master_refreshed_and_back_tested() -> None:
    cdnow("master")
    run = printed("value_refresh", "--as-of", "1997-09-30")
    assert (run["as_of"], run["payers"], run["model"]) == ("1997-09-30", 23570, "mbg_nbd")
    assert run["orders"] == Order.objects.filter(placed_on__lte=FITTED_ON).count()
    found = run["parameters"]
    assert [found[name] for name in ("r", "alpha", "a", "b")] == pytest.approx(
        [0.6371, 7.3103, 0.8075, 1.2284], rel=4e-4
    )
    assert [found[name] for name in ("p", "q", "gamma")] == pytest.approx([6.275, 3.624, 14.984], rel=4e-4)
    assert run["log_likelihood"] == pytest.approx(-95336.96, abs=0.01)
    assert sum(run["rfm_groups"].values()) == CustomerValue.objects.count() == 23570
    assert run["customer_equity"] > 0
    assert set(run["seconds"]) >= {"pull", "rfm", "fit", "score", "write"}
    assert set(CustomerValue.objects.values_list("as_of", flat=True).distinct()) == {FITTED_ON}

    test = printed("value_backtest", "--as-of", "1997-09-30", "--horizon-days", "273")
    models = test["models"]
    assert (test["as_of"], test["horizon_days"]) == ("1997-09-30", 273)
    assert test["champion"] in models
    assert models["mbg_nbd"]["mae"] == pytest.approx(0.795, abs=0.0006)
    assert models["mbg_nbd"]["auc"] == pytest.approx(0.755, abs=0.0006)
    assert models["pareto_nbd"]["bias"] == pytest.approx(-0.129, abs=0.0006)
    assert models["recency_only"]["auc"] == pytest.approx(0.759, abs=0.0006)
    assert models["recency_only"]["mae"] is models["logistic"]["bias"] is None
    assert max(model["auc"] for model in models.values()) >= 0.765
    assert models[test["champion"]]["auc"] >= models["recency_only"]["auc"] - 0.005


def test_a_second_refresh_from_kept_statistics_says_the_same() -> None:
    shop(400, TODAY)
    first = value_refresh(as_of=TODAY)
    values = list(
        CustomerValue.objects.order_by("pk").values_list("lifetime_value", "churn_risk", "rfm_group")
    )
    second = value_refresh(as_of=TODAY)
    again = list(
        CustomerValue.objects.order_by("pk").values_list("lifetime_value", "churn_risk", "rfm_group")
    )
    assert second.log_likelihood == pytest.approx(first.log_likelihood, abs=1e-4)
    assert [row[2] for row in again] == [row[2] for row in values]
    assert [row[0] for row in again] == pytest.approx([row[0] for row in values], rel=1e-3)
    assert PayerStatistics.objects.count() == 400


def test_what_is_ordered_after_the_day_is_not_known() -> None:
    team = shop(400, TODAY)
    before = value_refresh(as_of=TODAY)
    customers(1, first=9001)
    later = TODAY + timedelta(days=5)
    Order.objects.bulk_create([order(team, 1, later, 1e6, "late"), order(team, 9001, later, 10, "new")])
    again = value_refresh(as_of=TODAY)
    assert (again.payers, again.orders) == (before.payers, before.orders)
    assert again.customer_equity == pytest.approx(before.customer_equity, rel=1e-3)


def test_every_field_of_the_panel_is_written_and_sane() -> None:
    shop(500, TODAY)
    run = value_refresh(as_of=TODAY)
    assert run.state == "predicted"
    for value in CustomerValue.objects.all():
        assert 0 <= value.churn_risk <= 1
        assert 0 <= value.probability_alive <= 1
        assert value.lifetime_value_low <= value.lifetime_value_high
        assert value.value_category in "ABCD"
        assert value.lifecycle in {"customer", "lapsed"}
        assert value.quadrant in {"best", "new", "at_risk", "lapsed"}
        assert {value.r_score, value.f_score, value.m_score, value.fm_score} <= {1, 2, 3, 4, 5}
        assert value.next_order_on is None or TODAY < value.next_order_on <= TODAY + timedelta(days=730)
        assert value.last_order_on == TODAY - timedelta(days=value.recency_days)
        assert (value.frequency > 1) == (value.usual_gap_days is not None)


def test_cancelled_and_returned_orders_do_not_count() -> None:
    shop(400, TODAY)
    spent = CustomerValue.objects.filter(customer_id=1)
    value_refresh(as_of=TODAY)
    before = spent.get().total_spend
    assert before > 0
    gone = Order.objects.filter(payer_id=1).first()
    assert gone is not None
    Order.objects.filter(pk=gone.pk).update(status=OrderStatus.RETURNED)
    ValueSettings.objects.update(statistics_measure="")
    value_refresh(as_of=TODAY)
    left = spent.first()
    assert (left.total_spend if left else 0) == pytest.approx(before - float(gone.base_amount))


def test_no_orders_is_an_honest_state() -> None:
    run = printed("value_refresh")
    assert (run["state"], run["payers"], run["model"], run["customer_equity"]) == ("no_orders", 0, None, None)


@pytest.mark.parametrize(("count", "lack"), [(20, "payers"), (150, "repeats")])
def test_too_little_data_gives_rfm_only_and_says_why(count: int, lack: str) -> None:
    team = customers(count)
    Order.objects.bulk_create(
        order(team, pk, TODAY - timedelta(days=pk), 10, str(pk)) for pk in range(1, count + 1)
    )
    run = value_refresh(as_of=TODAY)
    assert (run.state, run.lack) == ("too_little_data", lack)
    value = CustomerValue.objects.get(customer_id=1)
    assert (value.state, value.rfm_group != "") == ("too_little_data", True)
    assert value.lifetime_value is value.churn_risk is value.next_order_on is None
    assert value.lifecycle == "customer"


def test_a_margin_measure_and_a_window_are_obeyed() -> None:
    shop(400, TODAY)
    ValueSettings.objects.update_or_create(
        pk=1, defaults={"measure": "margin", "margin_rate": 0.25, "window_days": 365}
    )
    value_refresh(as_of=TODAY)
    value = CustomerValue.objects.get(customer_id=1)
    placed = Order.objects.filter(payer_id=1)
    assert value.total_spend == pytest.approx(
        sum(float(row.base_amount) for row in placed) * 0.25, abs=0.02 * len(placed)
    )
    recent = placed.filter(placed_on__gt=TODAY - timedelta(days=365)).values("placed_on").distinct().count()
    assert value.frequency == recent


def test_a_failed_refresh_is_kept_as_failed_and_leaves_the_old_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop(400, TODAY)
    value_refresh(as_of=TODAY)
    before = list(CustomerValue.objects.order_by("pk").values())

    def breaks(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr("analytics.services.refresh.replace_rows", breaks)
    with pytest.raises(CommandError, match="disk full"):
        call_command("value_refresh", "--as-of", TODAY.isoformat())
    assert list(CustomerValue.objects.order_by("pk").values()) == before
    failed = ValueRun.objects.first()
    assert failed is not None
    assert (failed.state, failed.error) == ("failed", "RuntimeError: disk full")


def test_back_test_needs_neither_refresh_nor_worker_and_refuses_in_words() -> None:
    shop(300, TODAY)
    document = printed(
        "value_backtest", "--as-of", (TODAY - timedelta(days=120)).isoformat(), "--horizon-days", "90"
    )
    assert document["champion"] in document["models"]
    assert not ValueRun.objects.exists()
    with pytest.raises(CommandError, match="at least one day"):
        call_command("value_backtest", "--as-of", "2026-01-01", "--horizon-days", "0")
    with pytest.raises(CommandError, match="No order is known"):
        call_command("value_backtest", "--as-of", "1990-01-01", "--horizon-days", "90")


@pytest.mark.parametrize("days", [(date(2026, 1, 1),), (date(2026, 1, 1),) * 3])
def test_a_backtest_of_almost_nothing_names_every_model(days: tuple[date, ...]) -> None:
    team = customers(len(days))
    Order.objects.bulk_create(order(team, 1 + i, day, 10, str(i)) for i, day in enumerate(days))
    document = as_document(*value_backtest(as_of=date(2026, 2, 1), horizon_days=30))
    models = document["models"]
    assert isinstance(models, dict)
    assert document["champion"] in models
    assert set(models) == {"mbg_nbd", "pareto_nbd", "logistic", "recency_only"}
    assert models["mbg_nbd"]["auc"] is None
