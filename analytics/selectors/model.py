"""What the page of the models shows."""

from datetime import date
from typing import Any

from analytics.choices import Model, RunState
from analytics.models import ValueRun
from analytics.selectors.runs import newest_run
from analytics.weekly import in_weeks, log_likelihood_in_weeks

SHOWN_RUNS = 20


def model_context() -> dict[str, Any]:
    run = newest_run()
    return {
        "run": run,
        "runs": list(ValueRun.objects.order_by("-id").defer("backtest")[:SHOWN_RUNS]),
        "failed": ValueRun.objects.filter(state=RunState.FAILED, pk__gt=run.pk if run else 0)
        .order_by("-id")
        .first(),
        "parameters": parameter_rows(run),
        "backtest": backtest_rows(run),
        "backtest_on": date.fromisoformat(run.backtest["as_of"]) if run and run.backtest else None,
        "calibration": calibration_chart(run),
    }


def parameter_rows(run: ValueRun | None) -> list[dict[str, Any]]:
    """Each model's parameters, time in weeks."""
    if run is None or not run.parameters:
        return []
    names = {"mbg_nbd": "MBG/NBD", "gamma_gamma": "Gamma-Gamma", "pareto_nbd": "Pareto/NBD"}
    return [
        {
            "label": label,
            "values": in_weeks(run.parameters[name]),
            "log_likelihood": log_likelihood_in_weeks(run.parameters, run.repeats)
            if name == "mbg_nbd"
            else run.parameters[name]["log_likelihood"],
        }
        for name, label in names.items()
        if name in run.parameters
    ]


def backtest_rows(run: ValueRun | None) -> list[dict[str, Any]]:
    """One row per model; the champion for the run's own day is marked."""
    if run is None or not run.backtest:
        return []
    return [
        {
            "label": Model(name).label,
            "is_champion": name == run.champion,
            "is_baseline": name == Model.RECENCY_ONLY,
            **metrics,
        }
        for name, metrics in run.backtest["models"].items()
    ]


def calibration_chart(run: ValueRun | None) -> dict[str, Any] | None:
    """Predicted against observed shares of buyers, by tenth of the customers, for the champion."""
    bins = (run.backtest.get("calibration") or {}).get(run.champion) if run else None
    if not bins:
        return None
    return {
        "bins": bins,
        "data": {
            "categories": [str(number) for number in range(1, len(bins) + 1)],
            "series": [
                {"name": "predicted", "data": [round(row["predicted"], 4) for row in bins]},
                {"name": "observed", "data": [round(row["observed"], 4) for row in bins]},
            ],
        },
    }
