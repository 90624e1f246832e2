"""Discounts beyond a limit: who may grant what, asking, deciding, and what is refused until then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.test import Client

from crm.access.models import Role
from crm.notifications.models import Notification
from crm.staff.models import Team, User
from sales.approvals import to_decide
from sales.choices import ApprovalState, DealApproval, StageKind
from sales.models import (
    Deal,
    DiscountApproval,
    DiscountLimit,
    Product,
    Quote,
)
from sales.services.approval import approval_approve, approval_ask, approval_reject, approval_withdraw
from sales.services.deal import deal_edit
from sales.services.deal_lines import deal_lines_save
from sales.services.deal_stage import deal_win
from sales.services.order import Line
from sales.services.quote import quote_create
from sales.services.quote_send import quote_send
from tests.conftest import person
from tests.sales.shop import product

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def mill(rep: User) -> Product:
    return product("Mill", category="Machines", cost_amount=6)


@pytest.fixture
def deal(rep: User, make_deal: Callable[..., Deal]) -> Deal:
    return make_deal(rep)


@pytest.fixture
def limited(rep: User, manager: User) -> None:
    """Reps give 10 % and leave a margin of 20 %, managers give 25 %."""
    rows = (("sales-rep", 10, 20), ("sales-manager", 25, None))
    for key, rate, margin in rows:
        role = Role.objects.get(key=key)
        DiscountLimit.objects.create(role=role, category="", limit_rate=rate, margin_rate=margin)


def line(mill: Product, discount: int | str = 0, *, unit: str = "10", quantity: int = 1) -> Line:
    return Line(Decimal(quantity), Decimal(unit), mill, "", Decimal(discount))


def sold(actor: User, deal: Deal, *lines: Line) -> Deal:
    deal.refresh_from_db()
    return deal_lines_save(actor=actor, deal=deal, lines=lines, version=deal.version)


def state_of(deal: Deal) -> str:
    return Deal.objects.values_list("approval", flat=True).get(pk=deal.pk)


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(("discount", "unit"), [(11, "10"), (0, "8.50"), (5, "9")])
def test_beyond_the_limit_a_deal_is_not_won_until_somebody_approves(
    discount: int, unit: str, mill: Product, deal: Deal, rep: User, manager: User
) -> None:
    sold(rep, deal, line(mill, discount, unit=unit))
    assert state_of(deal) == DealApproval.NEEDED
    with pytest.raises(ValidationError, match="needs approval"):
        deal_win(actor=rep, deal=deal)
    request = approval_ask(actor=rep, deal=deal, word="A large chain")
    assert state_of(deal) == DealApproval.ASKED
    approval_approve(actor=manager, approval=request)
    assert state_of(deal) == DealApproval.APPROVED
    won, _order = deal_win(actor=rep, deal=deal)
    assert won.state == StageKind.WON


@pytest.mark.usefixtures("limited")
def test_within_the_limit_nothing_is_asked(mill: Product, deal: Deal, rep: User) -> None:
    sold(rep, deal, line(mill, 10))
    assert state_of(deal) == DealApproval.NONE
    with pytest.raises(ValidationError, match="Nothing needs approval"):
        approval_ask(actor=rep, deal=deal)
    deal_win(actor=rep, deal=deal)


@pytest.mark.usefixtures("limited")
def test_too_small_a_margin_needs_approval_too(mill: Product, deal: Deal, rep: User) -> None:
    Product.objects.filter(pk=mill.pk).update(cost_amount=Decimal("7.50"))
    mill.refresh_from_db()
    sold(rep, deal, line(mill, 7))  # 9.30 less 7.50 is 19.4 %
    assert state_of(deal) == DealApproval.NEEDED


@pytest.mark.usefixtures("limited")
def test_a_quote_is_not_sent_until_somebody_approves(
    mill: Product, deal: Deal, rep: User, manager: User
) -> None:
    sold(rep, deal, line(mill, 20))
    quote = quote_create(actor=rep, deal=deal)
    Quote.objects.filter(pk=quote.pk).update(file_state="ready")
    with pytest.raises(ValidationError, match="needs approval"):
        quote_send(actor=rep, quote=quote)
    request = approval_ask(actor=rep, deal=deal, quote=quote)
    approval_approve(actor=manager, approval=request)
    quote_send(actor=rep, quote=quote)
    assert Quote.objects.get(pk=quote.pk).status == "sent"


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize(
    ("discount", "quantity", "holds"),
    [(20, 10, True), (15, 10, True), (20, 11, True), (20, 12, False), (21, 10, False), (20, 5, False)],
)
def test_an_approval_holds_for_these_or_smaller_discounts(
    discount: int, quantity: int, holds: bool, mill: Product, deal: Deal, rep: User, manager: User
) -> None:
    sold(rep, deal, line(mill, 20, quantity=10))
    approval_approve(actor=manager, approval=approval_ask(actor=rep, deal=deal))
    sold(rep, deal, line(mill, discount, quantity=quantity))
    assert state_of(deal) == (DealApproval.APPROVED if holds else DealApproval.NEEDED)


@pytest.mark.usefixtures("limited")
def test_an_approved_line_is_approved_once(mill: Product, deal: Deal, rep: User, manager: User) -> None:
    sold(rep, deal, line(mill, 20))
    approval_approve(actor=manager, approval=approval_ask(actor=rep, deal=deal))
    sold(rep, deal, line(mill, 20), line(mill, 20))
    assert state_of(deal) == DealApproval.NEEDED


@pytest.mark.usefixtures("limited")
def test_lines_that_were_approved_together_stay_approved_in_any_order(
    mill: Product, deal: Deal, rep: User, manager: User
) -> None:
    lines = [line(mill, 20, quantity=10), line(mill, 22, quantity=10), line(mill, 22, quantity=11)]
    sold(rep, deal, *lines)
    approval_approve(actor=manager, approval=approval_ask(actor=rep, deal=deal))
    sold(rep, deal, *reversed(lines))
    assert state_of(deal) == DealApproval.APPROVED


@pytest.mark.usefixtures("limited")
def test_lines_that_grant_more_overtake_the_request(
    mill: Product, deal: Deal, rep: User, manager: User
) -> None:
    sold(rep, deal, line(mill, 15))
    request = approval_ask(actor=rep, deal=deal)
    sold(rep, deal, line(mill, 12))
    assert DiscountApproval.objects.get().state == ApprovalState.ASKED  # smaller: still asked
    sold(rep, deal, line(mill, 24))
    with pytest.raises(ValidationError, match="lines were changed"):
        approval_approve(actor=manager, approval=request)
    assert state_of(deal) == DealApproval.NEEDED


@pytest.mark.usefixtures("limited")
def test_only_somebody_else_whose_own_limit_reaches_so_far_decides(
    mill: Product, deal: Deal, rep: User, manager: User, agent: User, admin: User, outsider: User,
    unchanged: Callable[[], None],
) -> None:  # fmt: skip
    sold(rep, deal, line(mill, 40))
    request = approval_ask(actor=rep, deal=deal)
    unchanged()
    with pytest.raises(ValidationError, match="beyond what you may grant"):
        approval_approve(actor=manager, approval=request)
    with pytest.raises(PermissionDenied):
        approval_approve(actor=agent, approval=request)
    with pytest.raises(Http404):
        approval_approve(actor=outsider, approval=request)
    unchanged()
    approval_approve(actor=admin, approval=request)


@pytest.mark.usefixtures("limited")
def test_nobody_approves_what_they_asked_themselves(
    mill: Product, deal: Deal, manager: User, unchanged: Callable[[], None]
) -> None:
    Deal.objects.filter(pk=deal.pk).update(owner=manager)
    deal.refresh_from_db()
    sold(manager, deal, line(mill, 30))
    request = approval_ask(actor=manager, deal=deal)
    DiscountLimit.objects.all().delete()
    unchanged()
    with pytest.raises(ValidationError, match="somebody else"):
        approval_approve(actor=manager, approval=request)
    unchanged()


@pytest.mark.usefixtures("limited")
def test_a_manager_of_another_team_neither_decides_nor_is_asked(
    mill: Product, deal: Deal, rep: User, root: Team, manager: User
) -> None:
    other = person("other", Team.objects.create(name="Elsewhere sales", parent=root), "sales-manager")
    sold(rep, deal, line(mill, 20))
    request = approval_ask(actor=rep, deal=deal)
    assert (list(to_decide(other)), list(to_decide(manager)), list(to_decide(rep))) == ([], [request], [])
    with pytest.raises(PermissionDenied):
        approval_approve(actor=other, approval=request)
    told = Notification.objects.filter(kind="approval").values_list("user", flat=True)
    assert list(told) == [manager.pk]


@pytest.mark.usefixtures("limited")
def test_whoever_asked_is_told_what_was_said(mill: Product, deal: Deal, rep: User, manager: User) -> None:
    sold(rep, deal, line(mill, 20))
    request = approval_ask(actor=rep, deal=deal)
    with pytest.raises(ValidationError, match="Say why"):
        approval_reject(actor=manager, approval=request, reason=" ")
    approval_reject(actor=manager, approval=request, reason="15 at most")
    assert state_of(deal) == DealApproval.REJECTED
    told = Notification.objects.get(user=rep, kind="approval")
    assert ("Refused 20 %" in told.text, told.detail) == (True, "15 at most")


@pytest.mark.usefixtures("limited")
def test_asked_twice_is_one_request_and_taken_back_it_is_none(
    mill: Product, deal: Deal, rep: User, manager: User
) -> None:
    sold(rep, deal, line(mill, 20))
    request = approval_ask(actor=rep, deal=deal)
    assert approval_ask(actor=rep, deal=deal) == request
    approval_withdraw(actor=rep, approval=request)
    approval_withdraw(actor=rep, approval=request)
    assert state_of(deal) == DealApproval.NEEDED
    with pytest.raises(ValidationError, match="taken back"):
        approval_approve(actor=manager, approval=request)


@pytest.mark.usefixtures("limited")
def test_what_a_manager_writes_into_a_deal_is_approved_thereby(
    mill: Product, deal: Deal, rep: User, manager: User
) -> None:
    sold(manager, deal, line(mill, 20))
    assert state_of(deal) == DealApproval.APPROVED
    deal_win(actor=rep, deal=deal)


@pytest.mark.usefixtures("limited")
def test_what_a_manager_leaves_in_a_deal_is_not_approved_thereby(
    mill: Product, deal: Deal, rep: User, manager: User
) -> None:
    sold(rep, deal, line(mill, 20))
    sold(manager, deal, line(mill, 20), line(product("Jug"), 5))
    assert state_of(deal) == DealApproval.NEEDED


@pytest.mark.usefixtures("limited")
def test_giving_a_deal_to_a_colleague_does_not_approve_what_was_refused(
    mill: Product, deal: Deal, rep: User, manager: User, sales_team: Team
) -> None:
    sold(rep, deal, line(mill, 20))
    approval_reject(actor=manager, approval=approval_ask(actor=rep, deal=deal), reason="Never")
    deal.refresh_from_db()
    other = person("other", sales_team, "sales-rep")
    deal_edit(actor=manager, deal=deal, values={"owner": other}, version=deal.version)
    assert not DiscountApproval.objects.filter(state=ApprovalState.APPROVED).exists()
    with pytest.raises(ValidationError, match="needs approval"):
        deal_win(actor=other, deal=deal)


@pytest.mark.usefixtures("limited")
def test_a_new_owner_has_their_own_limit(
    mill: Product, deal: Deal, rep: User, manager: User, admin: User
) -> None:
    sold(rep, deal, line(mill, 20))
    deal.refresh_from_db()
    deal_edit(actor=admin, deal=deal, values={"owner": manager}, version=deal.version)
    assert state_of(deal) == DealApproval.NONE


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told_of_the_other(
    limited: None, mill: Product, deal: Deal, rep: User, manager: User, admin: User
) -> None:
    sold(rep, deal, line(mill, 20))
    request = approval_ask(actor=rep, deal=deal)

    def decide(user: User) -> str:
        try:
            approval_approve(actor=user, approval=DiscountApproval.objects.get(pk=request.pk))
        except ValidationError as fault:
            return fault.messages[0]
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(decide, (manager, admin)))
    assert answers[1] == "won"
    assert answers[0].endswith("has approved it already.")


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("limited")
def test_the_way_of_a_request_through_the_pages(
    mill: Product, deal: Deal, rep: User, manager: User, sign_in: SignIn
) -> None:
    sold(rep, deal, line(mill, 20))
    own, other = sign_in(rep), sign_in(manager)
    assert "Needs approval before" in own.get(f"/deals/{deal.pk}/").content.decode()
    assert "Mill: 20 % off, up to 10 % is allowed" in own.get(f"/deals/{deal.pk}/approval/").content.decode()
    assert own.post(f"/deals/{deal.pk}/approval/", {"word": "Please"}).status_code == 302
    request = DiscountApproval.objects.get()
    assert deal.name in other.get("/").content.decode()
    assert deal.name in other.get("/sales/approvals/?mine=1").content.decode()
    page = other.get(f"/sales/approvals/{request.pk}/").content.decode()
    assert ("Please" in page, "Approve" in page, "1 x Mill: 20 % off" in page) == (True, True, True)
    assert other.post(f"/sales/approvals/{request.pk}/reject/", {"reason": ""}).status_code == 422
    assert other.post(f"/sales/approvals/{request.pk}/approve/", {"reason": "Fine"}).status_code == 302
    again = other.post(f"/sales/approvals/{request.pk}/reject/", {"reason": "No"})
    assert (again.status_code, "has approved it already" in again.content.decode()) == (422, True)
    shown = own.get(f"/deals/{deal.pk}/").content.decode()
    assert ("approved these discounts" in shown, "20 % discount approved" in shown) == (True, True)


@pytest.mark.usefixtures("limited")
def test_an_outsider_meets_nothing(
    mill: Product,
    deal: Deal,
    rep: User,
    agent: User,
    outsider: User,
    sign_in: SignIn,
    unchanged: Callable[[], None],
) -> None:
    sold(rep, deal, line(mill, 20))
    request = approval_ask(actor=rep, deal=deal)
    other, reader = sign_in(outsider), sign_in(agent)
    unchanged()
    for verb in ("approve", "reject", "withdraw"):
        sent = {"reason": "x"}
        assert other.post(f"/sales/approvals/{request.pk}/{verb}/", sent).status_code == 403
        assert reader.post(f"/sales/approvals/{request.pk}/{verb}/", sent).status_code == 403
    assert reader.post(f"/deals/{deal.pk}/approval/", {}).status_code == 403
    unchanged()
