"""The jobs of sales, found by name; what needs NumPy and SciPy is named by path, so that only a worker loads it."""

from typing import Any

from django.utils.module_loading import import_string

from crm.jobs.models import Job
from sales.book_rules import nobody
from sales.group_doors import last_year
from sales.group_kept import kept_figures
from sales.services.deal_flags import deals_flag
from sales.services.quote import quotes_expire
from sales.services.quote_file import quote_file_make
from sales.services.sequence_run import sequences_run
from sales.services.snapshot import snapshot_deals as deals_snapshot


def recommendation_refresh(job: Job) -> dict[str, Any]:
    """Every night: what customers bought together, and what to recommend to whom."""
    run = import_string("sales.services.recommendation_refresh.recommendation_refresh")()
    return {"run": run.pk, "recommendations": run.recommendations, "seconds": run.seconds}


def make_quote_file(job: Job) -> dict[str, Any]:
    return {"state": quote_file_make(job.key or 0)}


def expire_quotes(job: Job) -> dict[str, int]:
    return {"expired": quotes_expire()}


def flag_deals(job: Job) -> dict[str, int]:
    """After a limit of discounts changed."""
    return {"deals": deals_flag(job.report)}


def run_sequences(job: Job) -> dict[str, int]:
    """Every minute: what is due now. What one run leaves, the next one takes."""
    return {"steps": sequences_run()}


def snapshot_deals(job: Job) -> dict[str, int]:
    """Every hour, so that a day is noted soon after it begins and none is missed; the first run of a day counts."""
    return {"deals": deals_snapshot()}


def win_model_refresh(job: Job) -> dict[str, Any]:
    """Every night: what closed deals teach about the open ones."""
    model = import_string("sales.services.win_refresh.win_model_refresh")()
    return {"model": model.pk, "state": model.state, "won": model.won, "lost": model.lost}


def score_deals(job: Job) -> dict[str, int]:
    """Every hour, so that a deal that moved is told of anew soon."""
    return {"deals": import_string("sales.services.win_refresh.deals_score")()}


def count_groups(job: Job) -> dict[str, int]:
    """Every night, after the values: where counting takes long, nobody waits for it on the page of a group."""
    found, _computed_at = kept_figures(nobody(), last_year(), anew=True)
    return {"customers": found["all"].customers}
