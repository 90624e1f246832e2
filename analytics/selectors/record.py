"""What the value panel of one customer needs."""

from datetime import date, timedelta
from typing import Any

from analytics.models import PayerStatistics, ValueHistory, ValueRun
from analytics.reasons import Facts, Reason, reasons
from analytics.rescore import Payer, Today, rescored
from contacts.models import Customer, CustomerValue
from crm.staff.models import User


def month_before(user: User, customer: Customer, as_of: date) -> ValueHistory | None:
    """The newest month end before the value's own day."""
    rows = ValueHistory.objects.visible_to(user).filter(customer=customer, month_on__lt=as_of)
    return rows.order_by("-month_on").first()


def statistics_of(customer: Customer) -> PayerStatistics | None:
    return PayerStatistics.objects.filter(customer=customer).first()


def today_of(
    run: ValueRun | None, value: CustomerValue, found: PayerStatistics | None, today: date
) -> Today | None:
    """The payer scored today; for a run about a past day, as of that day."""
    if run is None or found is None:
        return None
    day = today if (today - run.as_of).days <= 7 else value.as_of
    day = max(day, found.last_on)
    payer = Payer(
        found.purchase_days - 1,
        (found.last_on - found.first_on).days,
        (day - found.first_on).days,
        found.amount,
    )
    return rescored(run.parameters, run.champion, value.horizon_days, payer)


def reasons_of(value: CustomerValue, found: PayerStatistics | None, today: Today | None) -> list[Reason]:
    """Largest first. Orders after the value's day are not known to it."""
    if found is None or found.last_on > value.as_of:
        return []
    gap = (
        (found.last_on - found.first_on).days / (found.purchase_days - 1) if found.purchase_days > 1 else None
    )
    return reasons(
        Facts(
            found.purchase_days,
            found.first_on,
            found.last_on,
            (value.as_of - found.last_on).days,
            gap,
            found.amount / found.purchase_days,
            found.recent_amount,
        )
    )


def inputs_of(value: CustomerValue, found: PayerStatistics | None, run: ValueRun | None) -> dict[str, Any]:
    """The numbers that go into the formulas, as the "why" shows them."""
    if found is None:
        return {}
    repeats = found.purchase_days - 1
    return {
        "x": repeats,
        "t_x": (found.last_on - found.first_on).days,
        "T": (value.as_of - found.first_on).days,
        "m": found.repeat_amount / repeats if repeats else None,
        "mbg": run.mbg if run else {},
        "gamma_gamma": run.parameters.get("gamma_gamma", {}) if run else {},
        "terms": run.terms if run else {},
    }


def next_order_on(as_of: date, days: float | None) -> date | None:
    return None if days is None else as_of + timedelta(days=max(round(days), 1))
