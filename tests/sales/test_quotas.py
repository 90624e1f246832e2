"""Quotas and daily snapshots: what a forecast is held against."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from crm.audit.models import AuditEntry
from crm.company.selectors import company_day
from crm.staff.models import User
from sales.models import Deal, DealSnapshot, LossReason, Quota
from sales.services.deal import deal_delete
from sales.services.deal_stage import deal_lose
from sales.services.quota import QuotaCell, QuotaMoved, quotas_set
from sales.services.snapshot import snapshot_deals

MakeDeal = Callable[..., Deal]
MONTH = date(2026, 11, 1)


def cell(rep: User, amount: str | None, seen: str | None = None, whose: str = "owner") -> QuotaCell:
    typed, was = (None if text is None else Decimal(text) for text in (amount, seen))
    return QuotaCell(whose, rep.pk, MONTH, typed, was)


def test_quotas_are_set_changed_and_taken_away_with_a_history(rep: User, manager: User) -> None:
    quotas_set(actor=manager, cells=[cell(rep, "5000")])
    quotas_set(actor=manager, cells=[cell(rep, "6000", "5000")])
    assert Quota.objects.get().amount == Decimal(6000)
    assert quotas_set(actor=manager, cells=[cell(rep, "6000", "6000")]) == 0
    quotas_set(actor=manager, cells=[cell(rep, None, "6000")])
    assert not Quota.objects.exists()
    assert AuditEntry.objects.filter(action="sales.quota.edit").count() == 3


def test_two_people_set_the_same_quota(rep: User, manager: User, unchanged: Callable[[], None]) -> None:
    quotas_set(actor=manager, cells=[cell(rep, "5000")])
    unchanged()
    with pytest.raises(QuotaMoved):
        quotas_set(actor=manager, cells=[cell(rep, "7000", "4000")])
    unchanged()


def test_a_rep_sets_no_quota_and_a_negative_one_is_refused(
    rep: User, manager: User, unchanged: Callable[[], None]
) -> None:
    unchanged()
    with pytest.raises(PermissionDenied):
        quotas_set(actor=rep, cells=[cell(rep, "1")])
    with pytest.raises(ValidationError):
        quotas_set(actor=manager, cells=[cell(rep, "-1")])
    unchanged()


def test_a_day_is_noted_once_with_what_is_open_and_what_was_just_closed(
    rep: User, make_deal: MakeDeal
) -> None:
    still_open, lost, gone, over = (make_deal(rep) for _number in range(4))
    reason = LossReason.objects.create(name="Price")
    deal_lose(actor=rep, deal=lost, reason=reason)
    deal_lose(actor=rep, deal=over, reason=reason)
    Deal.objects.filter(pk=over.pk).update(closed_at=over.created_at - timedelta(days=30))
    deal_delete(actor=rep, deal=gone)
    assert snapshot_deals() == 2
    Deal.objects.filter(pk=still_open.pk).update(base_amount=1)
    assert snapshot_deals() == 0
    found = DealSnapshot.objects.values_list("deal", "day", "state", "base_amount").order_by("pk")
    assert list(found) == [
        (still_open.pk, company_day(), "open", Decimal(900)),
        (lost.pk, company_day(), "lost", Decimal(900)),
    ]
