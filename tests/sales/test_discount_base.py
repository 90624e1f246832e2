"""From which price a discount counts: promised prices, another customer or currency, products typed as text, orders."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.company.selectors import company_day
from crm.jobs.models import Job
from crm.money.models import ExchangeRate
from crm.records.generic import record_edit
from crm.staff.models import User
from crm.staff.services.handover import hand_over_all
from sales.approvals import to_decide
from sales.choices import DealApproval
from sales.discounts import effective_rate, margin_rate
from sales.models import Deal, DiscountLimit, LossReason, Order, PriceBook, PriceBookEntry, Product, Quote
from sales.services.approval import approval_approve, approval_ask
from sales.services.approval_keep import require_approved
from sales.services.deal import deal_edit
from sales.services.deal_stage import deal_lose, deal_reopen, deal_win
from sales.services.order import Line, order_create
from sales.services.quote import quote_create, quote_edit
from sales.services.quote_answer import quote_accept
from sales.services.quote_send import quote_send
from sales.tasks import flag_deals
from tests.sales.shop import product
from tests.sales.test_discount_approval import deal, limited, line, mill, sold, state_of

SignIn = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("limited")]
__all__ = ("deal", "limited", "mill")


def book(mill: Product, amount: int, **values: object) -> PriceBook:
    made = PriceBook.objects.create(name="Gold", currency="USD", **values)
    PriceBookEntry.objects.create(book=made, product=mill, unit_amount=Decimal(amount))
    return made


def test_a_lower_price_is_a_discount_too() -> None:
    assert effective_rate(Decimal(8), Decimal(0), Decimal(10)) == 20
    assert effective_rate(Decimal(8), Decimal(50), Decimal(10)) == 60
    assert effective_rate(Decimal(12), Decimal(0), Decimal(10)) == 0
    assert (
        effective_rate(Decimal(8), Decimal(5), None),
        margin_rate(Decimal(10), Decimal(20), Decimal(6)),
    ) == (5, 25)


def test_a_price_that_was_promised_is_no_discount_when_the_book_no_longer_holds(
    mill: Product, deal: Deal, rep: User
) -> None:
    book(mill, 8)
    sold(rep, deal, line(mill, unit="8", quantity=2))
    PriceBook.objects.update(is_active=False)
    sold(rep, deal, line(mill, unit="8", quantity=2), line(product("Jug", price_amount=3), unit="3"))
    assert state_of(deal) == DealApproval.NONE
    sold(rep, deal, line(mill, unit="7.90", quantity=2))
    assert state_of(deal) == DealApproval.NEEDED


def test_a_price_that_was_promised_for_one_holds_for_that_one(mill: Product, deal: Deal, rep: User) -> None:
    book(mill, 8)
    sold(rep, deal, line(mill, unit="8"))
    PriceBook.objects.update(is_active=False)
    sold(rep, deal, line(mill, unit="8"), line(mill, unit="8"))
    assert state_of(deal) == DealApproval.NEEDED
    sold(rep, deal, line(mill, unit="8", quantity=1000))
    with pytest.raises(ValidationError, match="needs approval"):
        deal_win(actor=rep, deal=deal)


def test_a_line_whose_price_was_never_looked_up_is_looked_up(mill: Product, deal: Deal, rep: User) -> None:
    sold(rep, deal, line(mill, unit="8"))
    deal.lines.update(book_amount=None)
    sold(rep, deal, line(mill, unit="8"))
    assert state_of(deal) == DealApproval.NEEDED


def test_the_price_of_another_customer_does_not_stay(mill: Product, deal: Deal, rep: User) -> None:
    friend = customer_create(actor=rep, values={"kind": "organisation", "name": "Friend", "owner": rep})
    own = deal.customer
    book(mill, 8, rule={"field": "name", "op": "is", "value": "Friend"})
    deal_edit(actor=rep, deal=deal, values={"customer": friend}, version=deal.version)
    sold(rep, deal, line(mill, unit="8"))
    quote = quote_create(actor=rep, deal=deal)
    assert state_of(deal) == DealApproval.NONE
    deal_edit(actor=rep, deal=deal, values={"customer": own}, version=deal.version)
    assert state_of(deal) == DealApproval.NEEDED
    assert [deal.lines.get().book_amount, quote.lines.get().book_amount] == [10, 10]


def test_the_margin_of_a_quote_is_reckoned_in_its_own_currency(mill: Product, deal: Deal, rep: User) -> None:
    ExchangeRate.objects.create(currency="KWD", valid_on=date(2020, 1, 1), rate=Decimal("3.3"))
    Product.objects.filter(pk=mill.pk).update(cost_amount=Decimal("9.9"))
    sold(rep, deal, line(mill, 9))
    quote = quote_create(actor=rep, deal=deal)
    deal.lines.all().delete()
    deal_edit(actor=rep, deal=deal, values={"currency": "KWD"}, version=deal.version)
    with pytest.raises(ValidationError, match="needs approval"):
        require_approved(rep, deal, quote)
    request = approval_ask(actor=rep, deal=deal, quote=quote)
    assert (request.currency, round(request.margin_share or 0, 2)) == ("USD", -0.09)


def test_the_lines_of_a_quote_are_looked_up_in_its_own_currency(mill: Product, deal: Deal, rep: User) -> None:
    ExchangeRate.objects.create(currency="KWD", valid_on=date(2020, 1, 1), rate=Decimal("3.3"))
    sold(rep, deal, line(mill))
    quote = quote_create(actor=rep, deal=deal)
    deal.lines.all().delete()
    deal_edit(actor=rep, deal=deal, values={"currency": "KWD"}, version=deal.version)
    quote.refresh_from_db()
    values = {"tax_rate": quote.tax_rate, "valid_until": quote.valid_until}
    quote_edit(actor=rep, quote=quote, values=values, lines=[line(mill, unit="4")], version=quote.version)
    assert quote.lines.get().book_amount == 10


# --- products typed as text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Mill", " mill ", "m-1"])
def test_a_product_typed_as_text_is_that_product(text: str, mill: Product, deal: Deal, rep: User) -> None:
    Product.objects.update(code="M-1")
    sold(rep, deal, Line(Decimal(1), Decimal(1), None, text))
    assert deal.lines.get().product == mill
    assert state_of(deal) == DealApproval.NEEDED


def test_other_text_is_no_product(mill: Product, deal: Deal, rep: User) -> None:
    sold(rep, deal, Line(Decimal(1), Decimal(1), None, "Mill, used"))
    assert (deal.lines.get().product, state_of(deal)) == (None, DealApproval.NONE)


def test_an_approver_sees_which_lines_are_of_no_product(
    mill: Product, deal: Deal, rep: User, manager: User, sign_in: SignIn
) -> None:
    sold(rep, deal, line(mill, 20), Line(Decimal(1), Decimal(1), None, "Mill, used"))
    request = approval_ask(actor=rep, deal=deal)
    page = sign_in(manager).get(f"/sales/approvals/{request.pk}/").content.decode()
    assert page.count("Free text") == 1


# --- deals that are closed ------------------------------------------------------------------------------------------


def test_a_closed_deal_is_not_asked_for_until_it_is_open_again(
    mill: Product, deal: Deal, rep: User, manager: User
) -> None:
    sold(rep, deal, line(mill, 20))
    request = approval_ask(actor=rep, deal=deal)
    stage = deal.stage
    deal_lose(actor=rep, deal=deal, reason=LossReason.objects.create(name="Price"))
    assert (list(to_decide(manager)), state_of(deal)) == ([], DealApproval.NONE)
    with pytest.raises(ValidationError, match="closed"):
        approval_approve(actor=manager, approval=request)
    deal_reopen(actor=manager, deal=deal, stage=stage)
    assert (list(to_decide(manager)), state_of(deal)) == ([request], DealApproval.ASKED)


def test_a_deal_that_an_accepted_quote_won_needs_nothing(mill: Product, deal: Deal, rep: User) -> None:
    sold(rep, deal, line(mill, 8))
    quote = quote_create(actor=rep, deal=deal)
    Quote.objects.update(file_state="ready")
    quote_send(actor=rep, quote=quote)
    sold(rep, deal, line(mill, 50))
    quote_accept(quote=quote, name="Ada", ip=None)
    assert state_of(deal) == DealApproval.NONE


def test_another_limit_or_owner_says_anew_what_needs_approval(
    mill: Product, deal: Deal, rep: User, manager: User, admin: User
) -> None:
    sold(rep, deal, line(mill, 9))
    limit = DiscountLimit.objects.get(role__key="sales-rep")
    record_edit(actor=admin, obj=limit, values={"limit_rate": Decimal(5)}, version=limit.version)
    job = Job.objects.get(name="sales.flag_deals")
    flag_deals(job)
    assert state_of(deal) == DealApproval.NEEDED
    hand_over_all(actor=admin, person=rep, colleague=manager, report=lambda _done, _total: None)
    assert state_of(deal) == DealApproval.NONE


# --- orders without a deal ------------------------------------------------------------------------------------------


def order(actor: User, customer: Customer, *lines: Line) -> Order:
    return order_create(
        actor=actor, customer=customer, placed_on=company_day(), currency="USD", lines=list(lines)
    )


def test_an_order_without_a_deal_asks_the_limits_too(
    rep: User, manager: User, mill: Product, customer: Customer
) -> None:
    typed = Line(Decimal(1), Decimal(8), None, "Mill")
    for beyond_it in (line(mill, 15), line(mill, unit="8"), typed):
        with pytest.raises(ValidationError, match="make a deal of it"):
            order(rep, customer, beyond_it)
    assert not Order.objects.exists()
    assert order(rep, customer, line(mill, 10)).amount == 9
    assert order(manager, customer, line(mill, 15)).amount == Decimal("8.5")
