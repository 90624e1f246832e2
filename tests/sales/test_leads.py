"""Leads: kept from the customer's status, touched within business hours, given by rule, converted without a copy."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from contacts.models import Customer, Interaction
from contacts.services.customer import customer_create, customer_edit
from contacts.services.interaction import interaction_create
from crm.assignment.models import Pool, PoolMember
from crm.records.errors import StaleRecord
from crm.staff.models import User
from sales.choices import DisqualifyReason
from sales.models import Deal, Lead, LeadRule, Order, Stage
from sales.services.deal_stage import deal_win
from sales.services.lead import (
    lead_assign,
    lead_convert,
    lead_create,
    lead_disqualify,
    lead_reopen,
    lead_take,
)
from sales.services.lead_keep import leads_keep, touch_due

Stages = dict[str, Stage]


@pytest.fixture
def lead(rep: User, pipeline: object) -> Lead:
    values = {"name": "Nora Quist", "kind": "person", "source": "Trade fair"}
    return lead_create(actor=rep, values=values, email="nora@quist.example", note="Wants a machine")


def again(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


def test_a_new_lead_is_a_customer_with_a_clock(rep: User, lead: Lead) -> None:
    assert (lead.status, lead.source, lead.owner) == ("new", "Trade fair", rep)
    assert lead.due_at == touch_due(lead.came_at)
    assert Customer.objects.get(pk=lead.pk).lead_status == "new"
    assert Interaction.objects.get().summary == "Wants a machine"


def test_the_clock_runs_in_business_hours_only(company: object) -> None:
    friday_evening = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    due = touch_due(friday_evening)
    assert due is not None
    assert due.astimezone(UTC) == datetime(
        2026, 11, 23, 12, 0, tzinfo=UTC
    )  # four hours from Monday nine in Berlin


def test_a_status_set_by_hand_makes_a_lead(rep: User, pipeline: object) -> None:
    customer = customer_create(actor=rep, values={"name": "Bo", "lead_status": "new"})
    customer_edit(actor=rep, customer=customer, values={"lead_status": "working"}, version=customer.version)
    assert Lead.objects.get(pk=customer.pk).status == "working"


@pytest.mark.parametrize(
    ("kind", "direction", "touched"),
    [("call", "out", True), ("meeting", "", True), ("call", "in", False), ("note", "", False)],
)
def test_the_first_touch_is_ours(rep: User, lead: Lead, kind: str, direction: str, touched: bool) -> None:
    values = {"kind": kind, "direction": direction, "summary": "Spoke"}
    interaction_create(actor=rep, customer=Customer.objects.get(pk=lead.pk), values=values)
    found = again(lead)
    assert (found.touched_at is not None, found.status) == (touched, "working" if touched else "new")
    assert Customer.objects.get(pk=lead.pk).lead_status == found.status


def test_converting_keeps_the_customer_and_the_source_down_to_the_order(
    rep: User, lead: Lead, stages: Stages
) -> None:
    deal = lead_convert(
        actor=rep, lead=lead, values={"name": "Machine", "stage": stages["Qualified"], "amount": 900}
    )
    assert (deal.customer_id, deal.lead_source, again(lead).status) == (lead.pk, "Trade fair", "qualified")
    _deal, order = deal_win(actor=rep, deal=deal)
    assert Order.objects.get(pk=order.pk).lead_source == "Trade fair"
    assert Customer.objects.count() == 1


def test_converted_twice_is_one_deal(rep: User, lead: Lead, stages: Stages) -> None:
    values = {"name": "Machine", "stage": stages["Qualified"]}
    first = lead_convert(actor=rep, lead=lead, values=values)
    assert lead_convert(actor=rep, lead=lead, values=values) == first
    assert Deal.objects.count() == 1


def test_a_disqualified_lead_says_why_and_can_be_taken_up_again(
    rep: User, lead: Lead, stages: Stages
) -> None:
    lead_disqualify(actor=rep, lead=lead, reason=DisqualifyReason.NO_BUDGET, note="Next year")
    assert (again(lead).status, again(lead).reason) == ("disqualified", "no_budget")
    with pytest.raises(ValidationError, match="disqualified"):
        lead_convert(actor=rep, lead=again(lead), values={"name": "X", "stage": stages["Qualified"]})
    lead_reopen(actor=rep, lead=again(lead))
    assert (again(lead).status, again(lead).reason) == ("working", "")


def test_who_comes_second_disqualifies_nothing(rep: User, lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(version=lead.version + 1)
    with pytest.raises(StaleRecord):
        lead_disqualify(actor=rep, lead=again(lead), reason=DisqualifyReason.SPAM, version=lead.version)
    assert again(lead).status == "new"


def test_the_first_rule_that_fits_gives_the_lead_away(
    manager: User, rep: User, agent: User, lead: Lead, root: Any
) -> None:
    pool = Pool.objects.create(name="Fairs")
    PoolMember.objects.create(pool=pool, user=agent)
    other = {"field": "source", "op": "is", "value": "Website"}
    fair = {"field": "source", "op": "is", "value": "Trade fair"}
    LeadRule.objects.create(name="Web", rule=other, owner=rep, saved_by=manager)
    LeadRule.objects.create(name="Fairs", rule=fair, pool=pool, saved_by=manager, position=1)
    assert "turn" in lead_assign(actor=manager, lead=lead)
    assert (again(lead).owner, Customer.objects.get(pk=lead.pk).owner) == (agent, agent)


def test_those_who_only_read_leads_change_none(
    agent: User, lead: Lead, stages: Stages, unchanged: Callable[[], None]
) -> None:
    unchanged()
    with pytest.raises(PermissionDenied):
        lead_disqualify(actor=agent, lead=lead, reason=DisqualifyReason.SPAM)
    with pytest.raises(PermissionDenied):
        lead_convert(actor=agent, lead=lead, values={"name": "X", "stage": stages["Qualified"]})
    unchanged()


def test_the_working_list_shows_who_is_late(
    rep: User, lead: Lead, sign_in: Callable[[User], Client], count_queries: Callable[[], Any]
) -> None:
    Lead.objects.filter(pk=lead.pk).update(due_at=timezone.now() - timedelta(hours=2))
    client = sign_in(rep)
    page = client.get("/leads/?touch=late").content.decode()
    assert "Nora Quist" in page
    assert "overdue since" in page
    assert "nora@quist.example" in page
    with count_queries() as counted:
        client.get("/leads/")
    assert len(counted) <= 15


def test_the_dialogs_of_the_working_list(
    rep: User, lead: Lead, stages: Stages, sign_in: Callable[[User], Client]
) -> None:
    client = sign_in(rep)
    for page in (
        "/leads/new/",
        f"/leads/{lead.pk}/convert/",
        f"/leads/{lead.pk}/disqualify/",
        f"/customers/{lead.pk}/",
    ):
        assert client.get(page).status_code == 200, page
    assert client.post(f"/leads/{lead.pk}/disqualify/", {"version": lead.version}).status_code == 422
    answer = client.post("/leads/new/", {"name": "Ida", "kind": "person", "email": "ida@x.example"})
    assert answer.status_code == 302
    data = {"version": lead.version, "name": "Machine", "stage": stages["Qualified"].pk, "currency": "USD"}
    client.post(f"/leads/{lead.pk}/convert/", data)
    assert Deal.objects.get().customer_id == lead.pk


def test_rules_are_laid_down_in_the_settings(manager: User, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(manager)
    assert client.get("/settings/leads/rules/new/").status_code == 200
    assert client.post("/settings/leads/rules/new/", {"name": "All", "rule": ""}).status_code == 422
    client.post("/settings/leads/rules/new/", {"name": "All", "rule": "", "owner": manager.pk})
    assert LeadRule.objects.get().owner == manager
    assert "All" in client.get("/settings/leads/").content.decode()
    client.post("/settings/leads/", {"first_touch_minutes": 30})
    assert touch_due(datetime(2026, 11, 23, 10, 0, tzinfo=UTC)) == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


def test_a_lead_of_nobody_is_taken_once(rep: User, manager: User, agent: User, lead: Lead) -> None:
    customer = Customer.objects.get(pk=lead.pk)
    customer_edit(actor=manager, customer=customer, values={"owner": None}, version=customer.version)
    lead_take(actor=rep, lead=again(lead))
    assert (again(lead).owner, Customer.objects.get(pk=lead.pk).owner) == (rep, rep)
    with pytest.raises(ValidationError, match="Rep was faster"):
        lead_take(actor=manager, lead=again(lead))
    with pytest.raises(PermissionDenied):
        lead_take(actor=agent, lead=again(lead))


@pytest.mark.django_db(transaction=True)
def test_a_touch_of_the_same_moment_is_not_undone(rep: User, lead: Lead) -> None:
    def keep() -> None:
        leads_keep([lead.pk])
        connection.close()

    Customer.objects.filter(pk=lead.pk).update(owner=None)
    now = timezone.now()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Lead.objects.filter(pk=lead.pk).update(touched_at=now, touch_minutes=3)
            kept = pool.submit(keep)
            wait([kept], timeout=1)
        kept.result()
    found = again(lead)
    assert (found.touched_at, found.touch_minutes, found.owner) == (now, 3, None)
