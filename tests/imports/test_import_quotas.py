"""Quotas from a file: people and teams by name, months and quarters, unknown names asked for, undo."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.imports.models import ImportRun
from crm.staff.models import User
from sales.models import Quota
from sales.services.quota import QuotaCell, quotas_set
from tests.imports.conftest import Work

HEAD = "Rep,Month,Target,Currency\n"
NOVEMBER = date(2026, 11, 1)
Send = Callable[..., ImportRun]


@pytest.fixture
def send(admin: User, rep: User, sign_in: Callable[[User], Client], work: Work) -> Send:
    """Takes a file through the pages; `means` says what unknown texts are, by text."""
    client = sign_in(admin)

    def through(content: str, means: dict[str, int] | None = None, *, skip_bad: bool = False) -> ImportRun:
        upload = SimpleUploadedFile("quotas.csv", (HEAD + content).encode())
        client.post("/imports/new/", {"file": upload, "source": "excel", "kind": "quota"})
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


def amounts(**whose: object) -> dict[str, str]:
    rows = Quota.objects.filter(**whose).order_by("month")
    return {f"{quota.month:%Y-%m}": str(quota.amount) for quota in rows}


def test_a_quarter_is_three_months_and_a_team_is_known_by_its_name(send: Send, rep: User) -> None:
    run = send('rep@tenure.example,2027-Q1,"1000.00",USD\nSales,2026-11,"50,000",\nREP,Dec 2026,300,\n')
    assert (run.state, run.created, run.bad) == ("done", 3, 0)
    assert amounts(owner=rep) == {
        "2026-12": "300.00", "2027-01": "333.33", "2027-02": "333.33", "2027-03": "333.34",
    }  # fmt: skip
    assert amounts(team__name="Sales") == {"2026-11": "50000.00"}


def test_an_unknown_name_is_asked_for(send: Send, rep: User) -> None:
    run = send("R. Ep,2026-11,100,\n", {"R. Ep": rep.pk * 2})
    assert (run.state, amounts(owner=rep)) == ("done", {"2026-11": "100.00"})


def test_what_is_wrong_is_told_by_row_and_column(send: Send, rep: User) -> None:
    run = send(
        "Rep,2026-13,100,\nRep,2026-10,many,\nRep,2026-09,100,EUR\nNobody,2026-11,1,\n"
        "Rep,Q4 2026,300,\nRep,2026-11,100,\n",
        skip_bad=True,
    )
    told = [(problem.row, problem.column) for problem in run.problems.all()]
    assert told == [(2, "Month"), (3, "Target"), (4, "Currency"), (5, "Rep"), (7, "Month")]
    assert amounts(owner=rep) == {"2026-10": "100.00", "2026-11": "100.00", "2026-12": "100.00"}


def test_undo_takes_away_what_is_new_and_sets_back_what_was_changed(
    send: Send, rep: User, admin: User, sign_in: Callable[[User], Client], work: Work
) -> None:
    quotas_set(actor=admin, cells=[QuotaCell("owner", rep.pk, NOVEMBER, Decimal(50), None)])
    run = send("Rep,2026-11,100,\nRep,2026-12,100,\nSales,2026-12,900,\n")
    assert (run.created, run.updated) == (2, 1)
    december = Quota.objects.get(owner=rep, month=date(2026, 12, 1))
    cell = QuotaCell("owner", rep.pk, december.month, Decimal(120), december.amount)
    quotas_set(actor=admin, cells=[cell])
    sign_in(admin).post(f"/imports/{run.pk}/undo/")
    work()
    run.refresh_from_db()
    assert run.state == "undone"
    assert amounts(owner=rep) == {"2026-11": "50.00", "2026-12": "120.00"}
    assert amounts(team__name="Sales") == {}
    assert len(run.notes) == 1


def test_imported_again_nothing_changes(send: Send, rep: User) -> None:
    send("Rep,2026-Q4,300,\n")
    run = send("Rep,2026-Q4,300,\n")
    assert (run.created, run.updated, run.unchanged, Quota.objects.count()) == (0, 0, 1, 3)
