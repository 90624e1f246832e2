"""The back-test on demand: needs no refresh and no worker, and writes nothing."""

from datetime import date, timedelta

from analytics.backtest import METRICS, Judgement, backtest
from analytics.churn import BASELINE, CONTENDERS
from analytics.selectors.orders import purchase_days
from analytics.selectors.runs import value_settings


def value_backtest(*, as_of: date, horizon_days: int) -> tuple[str, Judgement]:
    """Fit on what is known at the end of `as_of`, judge on the days after it; (champion, judgement).

    Raises ValueError in plain words for a horizon below a day or a day before the first order.
    """
    if horizon_days < 1:
        raise ValueError("The horizon must be at least one day.")
    if horizon_days > (date.max - as_of).days:
        raise ValueError(f"The calendar ends before {horizon_days} days after {as_of.isoformat()}.")
    days = purchase_days(value_settings(), up_to=as_of + timedelta(days=horizon_days))
    return backtest(days, as_of, horizon_days)


def as_document(champion: str, judgement: Judgement) -> dict[str, object]:
    """What `manage.py value_backtest --json` prints."""
    return {
        "as_of": judgement.as_of.isoformat(),
        "horizon_days": judgement.horizon,
        "champion": champion,
        "payers": judgement.payers,
        "buyers": judgement.buyers,
        "models": {name: metrics_of(judgement, name) for name in (*CONTENDERS, BASELINE)},
        "interval": {key: judgement.interval.get(key) for key in ("pit_share", "coverage")},
    }


def metrics_of(judgement: Judgement, name: str) -> dict[str, float | None]:
    """Of a model that these histories teach nothing, every metric is null."""
    judged = judgement.models.get(name)
    return {key: judged.metrics[key] if judged else None for key in METRICS}
