"""An import through its pages: upload, columns, dry run, start, progress, bad rows, cancel; and who may."""

import csv
import io
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.imports.models import ImportRun
from crm.imports.services import engine, run_check
from crm.staff.models import User
from sales.models import Order
from tests.imports.conftest import Imported, Work

pytestmark = pytest.mark.django_db(transaction=False)
SignIn = Callable[[User], Client]
GOOD = "Customer ID,Order date,Total\n1,2026-01-31,10\n2,2026-02-01,11\n"
BAD = "customer_id,ordered_on,amount,name\n1,2026-01-31,ten,=cmd\n2,2026-02-01,11,Ada\n"


def test_a_file_is_uploaded_matched_checked_and_imported(
    imported: Imported, admin: User, sign_in: SignIn
) -> None:
    run = imported(GOOD, start=False)
    assert (run.state, run.total, run.new, run.new_customers) == ("checked", 2, 2, 2)
    assert not Order.objects.exists()
    page = sign_in(admin).get(f"/imports/{run.pk}/")
    assert b"Every row is good" in page.content
    run = imported(GOOD, source="other")
    assert (run.state, run.created, Order.objects.count()) == ("done", 2, 2)
    assert sign_in(admin).get("/imports/").status_code == 200


def test_bad_rows_are_told_and_handed_back_with_cells_defused(
    imported: Imported, admin: User, sign_in: SignIn
) -> None:
    run = imported(BAD, start=False)
    assert (run.state, run.bad, run.problems_count) == ("failed", 1, 2)
    browser = sign_in(admin)
    assert b"not a number" in browser.get(f"/imports/{run.pk}/").content
    browser.post(f"/imports/{run.pk}/start/")
    run.refresh_from_db()
    assert run.state == "failed"
    answer = browser.get(f"/imports/{run.pk}/bad-rows/")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[arg-type]
    assert rows[1][:4] == ["1", "2026-01-31", "ten", "'=cmd"]
    assert "amount" in rows[1][4]


def test_bad_rows_can_be_left_out(imported: Imported) -> None:
    run = imported(BAD, skip_bad=True)
    assert (run.state, run.created, run.bad) == ("done", 1, 1)


def test_progress_is_a_fragment(imported: Imported, admin: User, sign_in: SignIn) -> None:
    run = imported(GOOD)
    page = sign_in(admin).get(f"/imports/{run.pk}/", headers={"HX-Request": "true"})
    assert b"<html" not in page.content
    assert b'id="progress"' in page.content


def test_a_cancelled_import_stops_and_goes_on(
    imported: Imported, work: Work, admin: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CHUNK_ROWS", 1)
    run = imported(GOOD, start=False)
    browser = sign_in(admin)
    browser.post(f"/imports/{run.pk}/start/")
    run.refresh_from_db()
    engine.chunk(run)  # the header
    engine.chunk(run)
    browser.post(f"/imports/{run.pk}/cancel/")
    work()
    assert (ImportRun.objects.get(pk=run.pk).state, Order.objects.count()) == ("cancelled", 1)
    browser.post(f"/imports/{run.pk}/start/")
    work()
    assert (ImportRun.objects.get(pk=run.pk).state, Order.objects.count()) == ("done", 2)


def test_an_unreadable_upload_is_told_at_once_and_not_kept(admin: User, sign_in: SignIn) -> None:
    upload = SimpleUploadedFile("orders.csv", "a,b\n".encode("utf-16"))
    answer = sign_in(admin).post("/imports/new/", {"file": upload, "source": "shop"})
    assert answer.status_code == 422
    assert b"UTF-16" in answer.content
    assert not ImportRun.objects.exists()


def test_two_columns_for_one_field_are_refused(imported: Imported, admin: User, sign_in: SignIn) -> None:
    run = imported(GOOD, start=False)
    fields = {"column-0": "customer_id", "column-1": "amount", "column-2": "amount"}
    answer = sign_in(admin).post(f"/imports/{run.pk}/check/", fields)
    assert answer.status_code == 422
    assert b"same field" in answer.content


@pytest.mark.parametrize("who", ["rep", "agent", "marketer", "manager", "outsider"])
def test_only_administrators_import(
    who: str,
    imported: Imported,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
    unchanged: Callable[[], None],
) -> None:
    run = imported(GOOD)
    browser = sign_in(request.getfixturevalue(who))
    unchanged()
    for path in ("/imports/", "/imports/new/", f"/imports/{run.pk}/", f"/imports/{run.pk}/bad-rows/"):
        assert browser.get(path).status_code == 403
    for verb in ("check", "start", "cancel", "undo"):
        assert browser.post(f"/imports/{run.pk}/{verb}/").status_code == 403
    unchanged()


def test_a_running_import_is_not_checked_again_from_another_tab(
    imported: Imported, admin: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    run = imported(GOOD, start=False)
    other_tab = ImportRun.objects.get(pk=run.pk)
    sign_in(admin).post(f"/imports/{run.pk}/start/")
    unchanged()
    with pytest.raises(ValidationError, match="already started"):
        run_check(actor=admin, run=other_tab, mapping=list(run.mapping.items()))
    unchanged()
    assert ImportRun.objects.get(pk=run.pk).state == "running"
