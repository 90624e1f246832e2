"""What one run assumed, fitted and found, as its page shows it."""

from math import log
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.choices import Measure
from analytics.models import ValueRun
from analytics.selectors.model import backtest_rows, calibration_chart
from analytics.weekly import WEEK, in_weeks
from crm.money.formatting import money, percent

NAMES = {"mbg_nbd": "MBG/NBD", "gamma_gamma": "Gamma-Gamma", "pareto_nbd": "Pareto/NBD"}
#: Whose likelihood is a density of moments in time, so that it changes with the unit.
TIMED = ("mbg_nbd", "pareto_nbd")


def run_details(run: ValueRun) -> dict[str, Any]:
    return {
        "run": run,
        "assumed": assumed(run),
        "parameters": parameter_rows(run),
        "backtest": backtest_rows(run),
        "calibration": calibration_in_percent(run),
    }


def assumed(run: ValueRun) -> list[tuple[str, str]]:
    """(name, what people had decided when the run was made); runs of old know fewer of them."""
    terms = run.terms
    found = [(_("Horizon of churn risk"), days(run.horizon_days)), (_("RFM window"), window_of(run))]
    if "measure" in terms:
        found.append((_("Money measure"), str(Measure(terms["measure"]).label)))
    if "margin_rate" in terms:
        found += [
            (_("Margin rate"), percent(terms["margin_rate"])),
            (_("Yearly discount rate"), percent(terms["discount_rate"])),
            (_("Months of lifetime value"), str(terms["months"])),
        ]
    found += [
        (label, money(terms[key]))
        for key, label in (
            ("cost_per_call", _("Cost of a call")),
            ("cost_per_meeting", _("Cost of a meeting")),
        )
        if terms.get(key)
    ]
    return found


def days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def window_of(run: ValueRun) -> str:
    window = run.terms.get("window_days")
    return days(window) if window else _("whole history")


def parameter_rows(run: ValueRun) -> list[dict[str, Any]]:
    """Each fitted model's parameters, time in weeks; the logistic regression's weights of its four features."""
    rows = [
        {
            "label": label,
            "values": list(in_weeks(run.parameters[name]).items()),
            "log_likelihood": run.parameters[name]["log_likelihood"]
            + (run.repeats * log(WEEK) if name in TIMED else 0.0),
        }
        for name, label in NAMES.items()
        if name in run.parameters
    ]
    ranker = run.parameters.get("logistic")
    if ranker:
        names = (_("repeat purchase days"), _("recency"), _("age"), _("total spend"))
        weights = zip(names, ranker["logistic"]["coefficients"], strict=True)
        start = (_("intercept"), ranker["logistic"]["intercept"] + ranker["shift"])
        rows.append({"label": _("Logistic regression"), "values": [start, *weights], "log_likelihood": None})
    return rows


def calibration_in_percent(run: ValueRun) -> dict[str, Any] | None:
    """The chart of predicted against observed shares of buyers, with its axes named."""
    found = calibration_chart(run)
    if found is None:
        return None
    columns = ((_("Predicted"), "predicted"), (_("Observed"), "observed"))
    found["data"] |= {
        "x": _("Tenth"),
        "y": _("Share who bought, %"),
        "series": [
            {"name": label, "data": [round(100 * row[key], 1) for row in found["bins"]]}
            for label, key in columns
        ],
    }
    return found
