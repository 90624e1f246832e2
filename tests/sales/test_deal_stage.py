"""The way of a deal: moved, won, lost, reopened, and each of these undone."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from contacts.models import Customer, DirtyCustomer, Task
from crm.company.selectors import company_day
from crm.records.errors import StaleRecord
from crm.staff.models import User
from sales.models import Deal, LossReason, Order, Pipeline, Stage, StageChange
from sales.services.deal import deal_create, deal_edit
from sales.services.deal_lines import deal_lines_save
from sales.services.deal_stage import deal_lose, deal_move, deal_reopen, deal_win, step_undo
from sales.services.order import Line

MakeDeal = Callable[..., Deal]


def last_step(deal: Deal) -> StageChange:
    found = deal.stage_changes.filter(undone_at=None).last()
    assert found is not None
    return found


def test_a_new_deal_takes_over_stage_source_and_rate(
    rep: User, make_deal: MakeDeal, pipeline: Pipeline
) -> None:
    deal = Deal.objects.get(pk=make_deal(rep).pk)
    assert (deal.state, deal.probability, deal.lead_source) == ("open", 10, "Fair")
    assert (deal.base_amount, deal.weighted_amount) == (Decimal("900.00"), Decimal("90.00"))
    assert (deal.pipeline, deal.owner) == (pipeline, rep)
    assert deal.stale_at == deal.active_at + timedelta(days=14)


def test_a_move_is_logged_with_the_time_in_the_stage(
    rep: User, make_deal: MakeDeal, stages: dict[str, Stage]
) -> None:
    deal = make_deal(rep)
    deal.stage_since = timezone.now() - timedelta(days=3)
    deal.save()
    moved = deal_move(actor=rep, deal=deal, stage=stages["Needs known"])
    step = last_step(moved)
    assert (step.from_stage, step.to_stage) == (stages["Qualified"], stages["Needs known"])
    assert step.seconds == pytest.approx(3 * 86_400, abs=5)
    assert Deal.objects.get(pk=deal.pk).weighted_amount == Decimal("225.00")


def test_a_move_that_is_undone_counts_nowhere(
    rep: User, make_deal: MakeDeal, stages: dict[str, Stage]
) -> None:
    deal = make_deal(rep)
    since = Deal.objects.get(pk=deal.pk).stage_since
    deal = deal_move(actor=rep, deal=deal, stage=stages["Needs known"])
    step_undo(actor=rep, deal=deal)
    again = Deal.objects.get(pk=deal.pk)
    assert (again.stage, again.probability) == (stages["Qualified"], 10)
    assert abs(again.stage_since - since) < timedelta(seconds=2)
    assert again.stage_changes.filter(undone_at=None).count() == 1


def test_two_people_move_the_same_card(rep: User, make_deal: MakeDeal, stages: dict[str, Stage]) -> None:
    deal = make_deal(rep)
    seen = deal.version
    deal_move(actor=rep, deal=deal, stage=stages["Needs known"], version=seen)
    with pytest.raises(StaleRecord):
        deal_move(actor=rep, deal=deal, stage=stages["Negotiation"], version=seen)
    assert Deal.objects.get(pk=deal.pk).stage == stages["Needs known"]


def test_winning_writes_the_order_that_the_value_engine_counts(rep: User, make_deal: MakeDeal) -> None:
    deal = make_deal(rep)
    lines = [Line(Decimal(2), Decimal(450), text="Machine"), Line(Decimal(1), Decimal(100), text="Grinder")]
    deal_lines_save(actor=rep, deal=deal, lines=lines, version=deal.version)
    DirtyCustomer.objects.all().delete()
    won, order = deal_win(actor=rep, deal=deal)
    order = Order.objects.get(pk=order.pk)
    assert (won.state, won.probability, won.close_on) == ("won", 100, company_day())
    assert (order.amount, order.deal, order.lead_source) == (Decimal("1000.00"), won, "Fair")
    assert [line.text for line in order.lines.all()] == ["Machine", "Grinder"]
    assert DirtyCustomer.objects.filter(customer_id=order.payer_id, kind="order").exists()


def test_won_twice_is_one_order(rep: User, make_deal: MakeDeal) -> None:
    deal = make_deal(rep)
    deal_win(actor=rep, deal=deal)
    deal_win(actor=rep, deal=deal)
    assert Order.objects.filter(deal=deal).count() == 1


def test_a_deal_without_an_amount_is_not_won(
    rep: User, make_deal: MakeDeal, unchanged: Callable[[], None]
) -> None:
    deal = make_deal(rep, amount=None)
    unchanged()
    with pytest.raises(ValidationError, match="sold for"):
        deal_win(actor=rep, deal=deal)
    unchanged()


def test_a_win_that_is_undone_takes_its_order_back(rep: User, make_deal: MakeDeal) -> None:
    deal, order = deal_win(actor=rep, deal=make_deal(rep))
    step_undo(actor=rep, deal=deal)
    deal = Deal.objects.get(pk=deal.pk)
    assert (deal.state, deal.closed_at) == ("open", None)
    assert Order.objects.get(pk=order.pk).status == "cancelled"


def test_losing_needs_a_reason_and_may_follow_up(rep: User, make_deal: MakeDeal) -> None:
    reason = LossReason.objects.get(name="Price too high")
    later = company_day() + timedelta(days=90)
    deal = deal_lose(actor=rep, deal=make_deal(rep), reason=reason, note="Twice theirs", follow_up_on=later)
    task = Task.objects.get(customer=deal.customer)
    assert (deal.state, deal.loss_reason, task.due_on, task.owner) == ("lost", reason, later, rep)
    step_undo(actor=rep, deal=deal)
    assert Deal.objects.get(pk=deal.pk).loss_reason is None
    assert not Task.objects.filter(deleted_at=None).exists()


def test_a_won_deal_is_not_lost(rep: User, make_deal: MakeDeal, unchanged: Callable[[], None]) -> None:
    deal, _order = deal_win(actor=rep, deal=make_deal(rep))
    unchanged()
    with pytest.raises(ValidationError, match="Reopen it first"):
        deal_lose(actor=rep, deal=deal, reason=LossReason.objects.first())  # type: ignore[arg-type]
    unchanged()


def test_reopening_a_won_deal_cancels_its_order_and_undoing_that_brings_it_back(
    rep: User, make_deal: MakeDeal, stages: dict[str, Stage]
) -> None:
    deal, order = deal_win(actor=rep, deal=make_deal(rep))
    deal = deal_reopen(actor=rep, deal=deal, stage=stages["Negotiation"])
    assert Order.objects.get(pk=order.pk).status == "cancelled"
    step_undo(actor=rep, deal=deal)
    assert Order.objects.get(pk=order.pk).status == "placed"


def test_a_step_that_others_came_after_is_not_undone(
    rep: User, make_deal: MakeDeal, stages: dict[str, Stage]
) -> None:
    deal = deal_move(actor=rep, deal=make_deal(rep), stage=stages["Needs known"])
    left = deal.version
    deal = deal_move(actor=rep, deal=deal, stage=stages["Negotiation"])
    with pytest.raises(StaleRecord):
        step_undo(actor=rep, deal=deal, version=left)
    assert Deal.objects.get(pk=deal.pk).stage == stages["Negotiation"]


def test_those_who_only_read_deals_move_none(
    rep: User, agent: User, make_deal: MakeDeal, stages: dict[str, Stage], unchanged: Callable[[], None]
) -> None:
    deal = make_deal(rep)
    unchanged()
    with pytest.raises(PermissionDenied):
        deal_move(actor=agent, deal=deal, stage=stages["Negotiation"])
    with pytest.raises(PermissionDenied):
        deal_win(actor=agent, deal=deal)
    unchanged()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": Decimal(-5)}, "amount"),
        ({"amount": Decimal(10) ** 13}, "amount"),
        ({"probability": 140}, "probability"),
        ({"probability": 60}, "probability_reason"),
        ({"close_on": date(1970, 1, 1)}, "close_on"),
        ({"currency": "CHF"}, "currency"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(
    rep: User, make_deal: MakeDeal, unchanged: Callable[[], None], values: dict[str, object], field: str
) -> None:
    deal = make_deal(rep)
    unchanged()
    with pytest.raises(ValidationError) as fault:
        deal_edit(actor=rep, deal=deal, values=values, version=deal.version)
    assert field in fault.value.message_dict
    unchanged()


def test_a_probability_by_hand_says_why_and_ends_with_its_stage(
    rep: User, make_deal: MakeDeal, stages: dict[str, Stage]
) -> None:
    deal = make_deal(rep)
    values = {"probability": 60, "probability_reason": "The board has agreed"}
    deal = deal_edit(actor=rep, deal=deal, values=values, version=deal.version)
    assert Deal.objects.get(pk=deal.pk).weighted_amount == Decimal("540.00")
    deal = deal_move(actor=rep, deal=deal, stage=stages["Needs known"])
    assert (deal.probability, deal.probability_reason) == (25, "")


def test_a_deal_of_a_deleted_customer_is_refused(
    rep: User, stages: dict[str, Stage], customer: Customer
) -> None:
    customer.deleted_at = timezone.now()
    customer.save()
    values = {"name": "Too late", "customer": customer, "stage": stages["Qualified"]}
    with pytest.raises(ValidationError, match="deleted"):
        deal_create(actor=rep, values=values)


def test_what_a_closed_deal_was_closed_for_stays(
    rep: User, make_deal: MakeDeal, unchanged: Callable[[], None]
) -> None:
    deal, _order = deal_win(actor=rep, deal=make_deal(rep))
    deal = Deal.objects.get(pk=deal.pk)
    unchanged()
    for values in ({"amount": Decimal(1)}, {"close_on": date(2027, 1, 1)}, {"currency": "EUR"}):
        with pytest.raises(ValidationError, match="Reopen it first"):
            deal_edit(actor=rep, deal=deal, values=values, version=deal.version)
    unchanged()


def test_a_deal_with_lines_keeps_its_currency(rep: User, make_deal: MakeDeal) -> None:
    deal = make_deal(rep)
    lines = [Line(Decimal(1), Decimal(450), text="Machine")]
    deal = deal_lines_save(actor=rep, deal=deal, lines=lines, version=deal.version)
    with pytest.raises(ValidationError, match="priced in USD"):
        deal_edit(actor=rep, deal=deal, values={"currency": "EUR"}, version=deal.version)
