"""The report of sales: by hand on a small set; every number is the sum of the list that it opens."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.filters import InteractionFilter, TaskFilter
from contacts.models import Interaction, Task
from contacts.services.about import about
from contacts.services.customer import customer_create
from crm.company.selectors import company_day
from crm.staff.models import User
from sales.deal_filters import DealFilter
from sales.models import Deal, DealCompetitor, DealSnapshot, LossReason, Quota, Stage, StageChange
from sales.reporting.activity import activities
from sales.reporting.causes import competitors, loss_reasons, sources
from sales.reporting.funnel import funnel
from sales.reporting.people import over_time, people
from sales.reporting.period import Period, before, named, read_period
from sales.reporting.scope import Scope
from sales.reporting.slips import slips
from sales.selectors import deals
from sales.services.deal import deal_delete
from sales.services.deal_stage import deal_lose, deal_move, deal_win

MakeDeal = Callable[..., Deal]


def this_month() -> Period:
    return named("month", company_day())


def scope(user: User, **narrowed: int) -> Scope:
    return Scope(user, this_month(), before(this_month(), company_day()), narrowed)


def listed(user: User, url: str) -> list[Deal]:
    """The deals of the list at an address."""
    shown = DealFilter(QueryDict(urlsplit(url).query), queryset=deals(user))
    shown.user = user
    return list(shown.qs)


def amount(rows: list[Deal], name: str = "base_amount") -> Decimal:
    return sum((getattr(deal, name) or Decimal(0) for deal in rows), Decimal(0))


@pytest.fixture
def book(rep: User, manager: User, make_deal: MakeDeal, stages: dict[str, Stage]) -> dict[str, Deal]:
    """Of the rep: won 900, lost 500 for its price against Kaffa, one of 300 moved on and open until the end of the
    month, one deleted. Of the manager: won 100. The rep's quota of the month is 2000."""
    Quota.objects.create(owner=rep, month=this_month().first, amount=2000)
    won, lost, coming = (make_deal(rep, amount=Decimal(each)) for each in (900, 500, 300))
    DealCompetitor.objects.create(deal=lost, name="Kaffa")
    deal_win(actor=rep, deal=won)
    deal_move(actor=rep, deal=lost, stage=stages["Needs known"])
    deal_lose(actor=rep, deal=lost, reason=LossReason.objects.create(name="Price"))
    deal_move(actor=rep, deal=coming, stage=stages["Needs known"])
    Deal.objects.filter(pk=coming.pk).update(close_on=this_month().last)
    gone = make_deal(rep, amount=Decimal(7))
    deal_delete(actor=rep, deal=gone)
    deal_win(actor=manager, deal=make_deal(manager, amount=Decimal(100)))
    return {"won": won, "lost": lost, "coming": coming}


@pytest.mark.usefixtures("book")
def test_the_leaderboard_adds_up_by_person(manager: User) -> None:
    found = people(scope(manager), "owner")
    rows = {row.label: row.now for row in found.rows}
    assert [row.label for row in found.rows] == ["Rep", "Manager"]
    assert (rows["Rep"].amount, rows["Rep"].won, rows["Rep"].lost, rows["Rep"].rate) == (900, 1, 1, 0.5)
    assert (rows["Rep"].attainment, rows["Rep"].missing, rows["Rep"].coming) == (Decimal("0.45"), 1100, 300)
    assert (found.now.amount, found.now.won, found.now.quota) == (1000, 2, 2000)


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("by", ["owner", "team"])
def test_every_number_of_the_leaderboard_opens_its_list(manager: User, by: str) -> None:
    found = people(scope(manager), by)
    for now, doors in [*((row.now, row.doors) for row in found.rows), (found.now, found.doors)]:
        assert (amount(listed(manager, doors["won"])), len(listed(manager, doors["won"]))) == (
            now.amount,
            now.won,
        )
        assert len(listed(manager, doors["lost"])) == now.lost
        assert len(listed(manager, doors["closed"])) == now.won + now.lost
        assert len(listed(manager, doors["open"])) == now.open
        assert amount(listed(manager, doors["coming"])) == now.coming
        assert amount(listed(manager, doors["coming"]), "weighted_amount") == now.weighted


@pytest.mark.usefixtures("book")
def test_what_was_won_over_time_opens_its_lists(manager: User) -> None:
    steps = over_time(scope(manager))
    assert sum(step.amount for step in steps) == 1000
    assert all(amount(listed(manager, step.door)) == step.amount for step in steps)


def test_the_funnel_counts_entries_and_what_became_of_them(
    manager: User, book: dict[str, Deal], stages: dict[str, Stage]
) -> None:
    rungs = {rung.stage.name: rung for rung in funnel(scope(manager), stages["Won"].pipeline_id)}
    first, second = rungs["Qualified"], rungs["Needs known"]
    assert (first.entered, first.on, first.lost, first.stays) == (4, 4, 0, 0)
    assert (second.entered, second.on, second.lost, second.stays) == (2, 0, 1, 1)
    for rung in rungs.values():
        found = {way: len(listed(manager, door)) for way, door in rung.doors.items()}
        assert found["entered"] == rung.entered
        assert (found["on"], found["lost"], found["stays"]) == (rung.on, rung.lost, rung.stays)


def test_a_step_that_was_undone_and_one_of_last_month_count_nowhere(
    manager: User, book: dict[str, Deal], stages: dict[str, Stage]
) -> None:
    StageChange.objects.filter(deal=book["coming"]).update(undone_at=timezone.now())
    StageChange.objects.filter(deal=book["lost"]).update(changed_at=timezone.now() - timedelta(days=70))
    rungs = {rung.stage.name: rung for rung in funnel(scope(manager), stages["Won"].pipeline_id)}
    assert (rungs["Qualified"].entered, rungs["Needs known"].entered) == (2, 0)
    assert listed(manager, rungs["Needs known"].doors["entered"]) == []


def test_the_median_is_of_those_that_left_the_stage(
    manager: User, book: dict[str, Deal], stages: dict[str, Stage]
) -> None:
    for deal, days in ((book["won"], 2), (book["lost"], 4), (book["coming"], 9)):
        StageChange.objects.filter(deal=deal, from_stage=stages["Qualified"]).update(seconds=days * 86_400)
    Deal.objects.exclude(pk__in=[deal.pk for deal in book.values()]).update(deleted_at=timezone.now())
    (first, *_rest) = funnel(scope(manager), stages["Won"].pipeline_id)
    assert (first.days, len(listed(manager, first.doors["left"]))) == (4, 3)


@pytest.mark.usefixtures("book")
def test_reasons_competitors_and_sources_open_their_lists(manager: User) -> None:
    (reason,), (competitor,) = loss_reasons(scope(manager)), competitors(scope(manager))
    assert (reason.label, reason.lost, reason.lost_amount) == ("Price", 1, 500)
    assert (competitor.label, competitor.won, competitor.lost) == ("Kaffa", 0, 1)
    for cause in (reason, competitor, *sources(scope(manager))):
        assert amount(listed(manager, cause.lost_door)) == cause.lost_amount
        if cause.won_door:
            assert amount(listed(manager, cause.won_door)) == cause.won_amount


def test_a_deal_without_reason_or_source_is_found_too(manager: User, book: dict[str, Deal]) -> None:
    Deal.objects.filter(pk=book["lost"].pk).update(loss_reason=None, lead_source="")
    (reason,) = loss_reasons(scope(manager))
    assert [deal.pk for deal in listed(manager, reason.lost_door)] == [book["lost"].pk]
    source = {each.label: each for each in sources(scope(manager))}["No source given"]
    assert len(listed(manager, source.lost_door)) == 1


def noted(deal: Deal, day: date, close_on: date) -> None:
    DealSnapshot.objects.create(
        day=day, deal=deal, team=deal.team, pipeline=deal.pipeline, stage=deal.stage, state="open",
        close_on=close_on, probability=1, forecast_category="commit",
    )  # fmt: skip


def test_what_slipped_is_told_from_what_was_noted(manager: User, book: dict[str, Deal]) -> None:
    period, today = this_month(), company_day()
    assert slips(scope(manager)) is None
    for deal in book.values():
        noted(deal, period.first, period.last)
    assert slips(scope(manager)).moved.count == 0  # type: ignore[union-attr]
    Deal.objects.filter(pk=book["coming"].pk).update(close_on=period.last + timedelta(days=9))
    found = slips(scope(manager))
    assert found is not None
    assert (found.awaited, found.moved.count, found.moved.amount, found.passed.count) == (3, 1, 300, 0)
    assert [deal.pk for deal in listed(manager, found.moved.door)] == [book["coming"].pk]
    Deal.objects.filter(pk=book["coming"].pk).update(close_on=max(period.first, today - timedelta(days=1)))
    again = slips(scope(manager))
    assert again is not None
    assert again.passed.count == len(listed(manager, again.passed.door)) == (1 if today > period.first else 0)


def test_activities_open_the_entries_they_count(manager: User, rep: User, book: dict[str, Deal]) -> None:
    deal = book["coming"]
    common = {"customer": deal.customer, "owner": rep, "team": deal.team, **about(deal)}
    for kind, days in (("call", 0), ("call", 0), ("note", 0), ("call", 70)):
        at = timezone.now() - timedelta(days=days)
        Interaction.objects.create(kind=kind, happened_at=at, actor=rep, summary="Said", **common)
    Task.objects.create(title="Do", done_at=timezone.now(), **common)
    counts = activities(scope(manager))[rep.pk]
    assert {kind: count for kind, (count, _door) in counts.items()} == {"call": 2, "note": 1, "done": 1}
    for kind, (count, door) in counts.items():
        filters: Any = TaskFilter if kind == "done" else InteractionFilter
        rows = Task.objects.all() if kind == "done" else Interaction.objects.all()
        shown = filters(QueryDict(urlsplit(door).query), queryset=rows)
        shown.user = manager
        assert shown.qs.count() == count


@pytest.mark.usefixtures("book")
def test_who_sees_only_their_own_deals_counts_only_these(narrow: User, make_deal: MakeDeal) -> None:
    shop = customer_create(actor=narrow, values={"name": "Kiosk", "kind": "organisation"})
    deal_win(actor=narrow, deal=make_deal(narrow, shop, amount=Decimal(8)))
    found = people(scope(narrow), "owner")
    assert [(row.label, row.now.amount) for row in found.rows] == [("Narrow", 8)]
    assert (found.now.quota, competitors(scope(narrow)), loss_reasons(scope(narrow))) == (None, [], [])


def test_a_running_period_is_compared_with_as_much_of_the_one_before() -> None:
    quarter = Period(date(2026, 10, 1), date(2026, 12, 31))
    assert before(quarter, date(2026, 11, 26)) == Period(date(2026, 7, 1), date(2026, 8, 26))
    assert before(quarter, date(2027, 1, 5)) == Period(date(2026, 7, 1), date(2026, 9, 30))
    assert before(Period(date(2026, 5, 10), date(2026, 5, 19)), date(2026, 6, 1)).days == 10


@pytest.mark.parametrize(
    "text", ["", "x..y", "2026-02-30", "2026-05-02..2026-05-01", "0001-01-01..2026-01-01"]
)
def test_days_that_cannot_be_read_show_no_deals(text: str) -> None:
    assert read_period(text) is None


@pytest.mark.parametrize(
    "query",
    [
        "days=x",
        "way=entered-9999&during=2026-01-01",
        "way=on-1",
        "slip=moved",
        "loss_reason=²",
        "way=x-1&during=1",
        "open_on=9999-12-31",
        "open_on=0001-01-01",
        "noted=9999-12-31&slip=moved&awaited=2026-01-01..2026-12-31",
        "noted=0001-01-01&slip=moved&awaited=2026-01-01..2026-12-31",
    ],
)
def test_a_list_asked_for_what_is_not_there_is_empty(
    book: dict[str, Deal], manager: User, query: str
) -> None:
    assert listed(manager, f"/deals/?state=all&{query}") == []


@pytest.mark.usefixtures("book")
def test_the_page_asks_few_questions_and_bears_any_address(
    manager: User, sign_in: Callable[[User], Client], count_queries: Callable[[], CaptureQueriesContext]
) -> None:
    client = sign_in(manager)
    client.get("/sales/report/")
    with count_queries() as counted:
        page = client.get("/sales/report/?period=month")
    assert len(counted) <= 30
    assert "Leaderboard" in page.content.decode()
    for query in (
        "period=x&by=x&pipeline=²&team=99999&owner=0&funnel=99999",
        "period=custom&from=2026-13-01&to=x",
        "period=custom&from=2026-01-01&to=2026-01-20&by=team",
        "period=last-year&pipeline=1",
    ):
        assert client.get(f"/sales/report/?{query}").status_code == 200


@pytest.mark.usefixtures("book")
def test_its_tables_are_files_for_those_who_may_export(
    manager: User, rep: User, outsider: User, sign_in: Callable[[User], Client]
) -> None:
    Deal.objects.filter(lead_source="Fair").update(lead_source="=1+1")
    text = sign_in(manager).get("/sales/report/sources.csv?period=month").content.decode("utf-8-sig")
    assert "'=1+1,2,1000.00,1,500.00,0.6667" in text
    assert sign_in(manager).get("/sales/report/secrets.csv").status_code == 404
    assert sign_in(rep).get("/sales/report/people.csv").status_code == 403
    assert sign_in(outsider).get("/sales/report/").status_code == 403
