"""Deals from a file: stages and owners by name, unknown ones by what somebody says they mean, undo."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.services.customer import customer_create
from crm.company.selectors import company_day
from crm.imports.models import ImportRun
from crm.staff.models import User
from sales.models import Deal, Order, Stage
from sales.services.deal_stage import deal_move
from tests.imports.conftest import Work

HEAD = "Deal ID,Title,Organization,Deal stage,Owner,Value,Close date,Lost reason\n"
Send = Callable[..., ImportRun]


@pytest.fixture
def send(admin: User, stages: dict[str, Stage], sign_in: Callable[[User], Client], work: Work) -> Send:
    """Takes a file through the pages; `means` says what unknown texts are, by text."""
    customer_create(actor=admin, values={"name": "Café Sole", "kind": "organisation"})
    client = sign_in(admin)

    def through(content: str, means: dict[str, int] | None = None, *, skip_bad: bool = False) -> ImportRun:
        upload = SimpleUploadedFile("deals.csv", (HEAD + content).encode())
        client.post("/imports/new/", {"file": upload, "source": "pipedrive", "kind": "deal"})
        run = ImportRun.objects.latest("pk")
        columns = client.get(f"/imports/{run.pk}/").context["columns"]
        chosen = {f"column-{place}": column["field"] for place, column in enumerate(columns)}
        client.post(f"/imports/{run.pk}/check/", chosen)
        work()
        if means:
            unknown = client.get(f"/imports/{run.pk}/").context["unknown"]
            said = {f"text-{place}": item.text for place, item in enumerate(unknown)}
            said |= {f"key-{place}": str(means.get(item.text, "")) for place, item in enumerate(unknown)}
            client.post(f"/imports/{run.pk}/meanings/", said)
            work()
        client.post(f"/imports/{run.pk}/start/", {"skip_bad": "1"} if skip_bad else {})
        work()
        run.refresh_from_db()
        return run

    return through


def test_deals_come_into_their_stages(send: Send, rep: User) -> None:
    soon, lately = company_day() + timedelta(days=90), company_day() - timedelta(days=300)
    run = send(f"1,Bar,café sole,Negotiation,Rep,900,{soon},\n2,Beans,Café Sole,Won,,120,{lately},\n")
    assert (run.state, run.created, run.bad) == ("done", 2, 0)
    bar, beans = Deal.objects.order_by("external_id")
    assert (bar.stage.name, bar.owner, bar.amount, bar.probability) == ("Negotiation", rep, Decimal(900), 75)
    assert (beans.state, Order.objects.get(deal=beans).amount) == ("won", Decimal(120))


def test_an_unknown_stage_is_asked_for_and_remembered(send: Send, stages: dict[str, Stage]) -> None:
    content = "1,Bar,Café Sole,Proposal made,,900,,\n2,Beans,Café Sole,proposal  MADE,,120,,\n"
    run = send(content, {"Proposal made": stages["Quote sent"].pk})
    assert (run.state, run.created, run.bad) == ("done", 2, 0)
    assert {deal.stage.name for deal in Deal.objects.all()} == {"Quote sent"}


def test_what_is_wrong_is_told_by_row_and_column(send: Send) -> None:
    run = send("1,Bar,Nobody,Qualified,,900,,\n2,Beans,Café Sole,Lost,,120,,\n3,Tea,Café Sole,Qualified,,-5,,\n",
               skip_bad=True)  # fmt: skip
    told = [(problem.row, problem.column) for problem in run.problems.all()]
    assert told[:2] == [(2, "Organization"), (3, "Lost reason")]
    assert Deal.objects.filter(amount__lt=0).count() == 0


def test_imported_again_a_deal_is_changed_and_undo_sets_it_back(
    send: Send, admin: User, sign_in: Callable[[User], Client], work: Work
) -> None:
    send("1,Bar,Café Sole,Qualified,,900,,\n")
    run = send("1,Bar,Café Sole,Negotiation,,950,,\n")
    assert (run.created, run.updated) == (0, 1)
    deal = Deal.objects.get()
    assert (deal.stage.name, deal.amount) == ("Negotiation", Decimal(950))
    sign_in(admin).post(f"/imports/{run.pk}/undo/")
    work()
    deal = Deal.objects.get()
    assert (deal.stage.name, deal.probability, deal.amount) == ("Qualified", 10, Decimal(900))


def test_undo_takes_new_deals_away_unless_somebody_moved_them(
    send: Send, admin: User, stages: dict[str, Stage], sign_in: Callable[[User], Client], work: Work
) -> None:
    run = send("1,Bar,Café Sole,Qualified,,900,,\n2,Beans,Café Sole,Negotiation,,120,,\n")
    moved = Deal.objects.get(name="Beans")
    deal_move(actor=admin, deal=moved, stage=stages["Qualified"])
    sign_in(admin).post(f"/imports/{run.pk}/undo/")
    work()
    assert list(Deal.objects.all()) == [moved]
