"""Which currencies one can reckon with, and since when."""

from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Max

from crm.company.selectors import company, company_day
from crm.money.currencies import DECIMALS
from crm.money.models import ExchangeRate


def currencies() -> list[str]:
    """The company's currency, then those with a stored rate."""
    own = company().currency
    stored = set(ExchangeRate.objects.values_list("currency", flat=True).distinct())
    return [own, *sorted((stored & DECIMALS.keys()) - {own})]


OLD_DAYS = 35
COUNT_CAP = 10_000


def newest_rates() -> list[dict[str, Any]]:
    """For each currency its newest rate, how many there are, and whether it is old by now."""
    counted = ExchangeRate.objects.values("currency").annotate(newest=Max("valid_on"), count=Count("pk"))
    found = {item["currency"]: item for item in counted}
    newest = ExchangeRate.objects.order_by("currency", "-valid_on").distinct("currency")
    return [
        {
            "rate": rate,
            "count": found[rate.currency]["count"],
            "is_old": (company_day() - rate.valid_on).days > OLD_DAYS,
        }
        for rate in newest
    ]


def days_of(rate: ExchangeRate) -> tuple[date, date | None]:
    """The days this rate counts for: from its own to that of the next, which is None while it is the newest."""
    later = ExchangeRate.objects.filter(currency=rate.currency, valid_on__gt=rate.valid_on)
    return rate.valid_on, later.order_by("valid_on").values_list("valid_on", flat=True).first()


def rate_before(rate: ExchangeRate) -> ExchangeRate | None:
    earlier = ExchangeRate.objects.filter(currency=rate.currency, valid_on__lt=rate.valid_on)
    return earlier.order_by("-valid_on").first()


def rows_reckoned(rate: ExchangeRate) -> list[dict[str, Any]]:
    """How many rows of each kind lie on the days of a rate, counted no further than is worth knowing."""
    first, end = days_of(rate)
    counted = []
    for path, currency, day in settings.MONEY_ROWS:
        model = apps.get_model(path)
        rows = model._base_manager.filter(**{currency: rate.currency, f"{day}__gte": first})
        rows = rows.filter(**{f"{day}__lt": end}) if end else rows
        count = rows.order_by()[: COUNT_CAP + 1].count()
        text = f"{min(count, COUNT_CAP):,}" + ("+" if count > COUNT_CAP else "")
        counted.append({"label": model._meta.verbose_name_plural, "count": count, "text": text})
    return [item for item in counted if item["count"]]
