"""Figures of RFM groups that took long are kept for the day, for those who may see everything.

Whoever sees only a part is always counted for anew: their rows are few.
"""

from datetime import datetime, timedelta
from time import perf_counter

from django.core.cache import cache
from django.utils import timezone

from crm.company.selectors import company, company_day
from crm.staff.models import User
from sales.forecasting import Span
from sales.group_figures import Figures, figures, ordered_products, sees_all

#: what takes longer than that is kept
SLOW_SECONDS = 1.0
KEPT_PRODUCTS = 60
Kept = tuple[dict[str, Figures], datetime | None]


def kept_figures(user: User, span: Span, *, anew: bool = False) -> Kept:
    """(figures by group, when they were computed if not just now)."""
    if not sees_all(user):
        return figures(user, span), None
    key = key_of(span)
    held: Kept | None = None if anew else cache.get(key)
    if held is not None:
        return held
    start = perf_counter()
    found = figures(user, span)
    if perf_counter() - start > SLOW_SECONDS:
        cache.set(key, (trimmed(found), timezone.now()), timedelta(days=1).total_seconds())
    else:
        cache.delete(key)
    return found, None


def key_of(span: Span) -> str:
    return f"sales.groups:{company_day()}:{span}:{company().currency}"


def trimmed(found: dict[str, Figures]) -> dict[str, Figures]:
    """With the products that a page may show, and of all groups together only those."""
    for group, one in found.items():
        if group != "all":
            best = ordered_products(one)[:KEPT_PRODUCTS]
            one.products = {pk: one.products[pk] for pk in best}
    shown = {pk for group, one in found.items() if group != "all" for pk in one.products}
    every = found["all"]
    every.products = {pk: sold for pk, sold in every.products.items() if pk in shown}
    return found
