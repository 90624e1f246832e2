"""Quotas and daily snapshots: what a forecast is held against."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from crm.audit.models import AuditEntry
from crm.company.selectors import company_day
from crm.staff.models import User
from sales.models import Deal, DealSnapshot, LossReason, Quota
from sales.quota_grid import read_amount
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


SignIn = Callable[[User], Client]
SET = "/forecast/quotas/set/?from=2026-11&months=2"


def name_of(rep: User) -> str:
    return f"owner-{rep.pk}-2026-11"


def test_the_grid_is_typed_and_saved_at_once(rep: User, manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    page = client.get("/forecast/quotas/?from=2026-11&months=2").content.decode()
    assert f'name="{name_of(rep)}"' in page
    sent = {name_of(rep): "25 000", f"owner-{manager.pk}-2026-12": "1,500.50", f"owner-{rep.pk}-2026-12": ""}
    assert client.post(SET, sent).url == "/forecast/quotas/?from=2026-11&months=2"
    found = Quota.objects.order_by("month").values_list("owner", "month", "amount")
    assert list(found) == [
        (rep.pk, MONTH, Decimal(25000)),
        (manager.pk, date(2026, 12, 1), Decimal("1500.50")),
    ]
    assert 'value="25000"' in client.get(SET.replace("set/", "")).content.decode()


@pytest.mark.parametrize("text", ["much", "-1", "NaN", "1e30"])
def test_a_cell_without_an_amount_saves_nothing_and_says_so(
    rep: User, manager: User, sign_in: SignIn, text: str
) -> None:
    answer = sign_in(manager).post(SET, {name_of(rep): text, f"owner-{manager.pk}-2026-11": "1"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Quota.objects.exists()


def test_what_somebody_else_saved_is_shown_before_it_is_replaced(
    rep: User, manager: User, sign_in: SignIn
) -> None:
    Quota.objects.create(owner=rep, month=MONTH, amount=4000)
    client = sign_in(manager)
    answer = client.post(SET, {name_of(rep): "7000", f"seen-{name_of(rep)}": "3000"})
    assert answer.status_code == 409
    assert "Now 4000" in answer.content.decode()
    client.post(SET, {name_of(rep): "7000", f"seen-{name_of(rep)}": "4000"})
    assert Quota.objects.get().amount == Decimal(7000)


def test_a_rep_reads_quotas_and_an_outsider_does_not(rep: User, outsider: User, sign_in: SignIn) -> None:
    Quota.objects.create(owner=rep, month=MONTH, amount=4000)
    page = sign_in(rep).get("/forecast/quotas/?from=2026-11").content.decode()
    assert "4000" in page
    assert f'name="{name_of(rep)}"' not in page
    assert sign_in(rep).post(SET, {name_of(rep): "1"}).status_code == 403
    assert sign_in(outsider).get("/forecast/quotas/").status_code == 403


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("25000", "25000"),
        ("25'000", "25000"),
        ("25.000", "25000"),
        ("1.500,5", "1500.50"),
        ("1500.50", "1500.50"),
        ("1,500,000.50", "1500000.50"),
        ("1,50,0", None),
        ("", None),
        ("٣", None),
        ("2000000000000", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: str | None) -> None:
    assert read_amount(text) == (None if amount is None else Decimal(amount))
