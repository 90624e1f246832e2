"""The trail as a file: what the filters leave, no more than the reader may know, told in the trail itself."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_edit
from crm.access.models import Role
from crm.audit import export
from crm.audit.models import AuditEntry
from crm.audit.services import record
from crm.jobs.models import Job, JobFile
from crm.jobs.services import run as run_job
from crm.staff.models import Team, User
from tests.conftest import person

SignIn = Callable[[User], Client]


@pytest.fixture
def auditor(root: Team) -> User:
    """Reads and exports the trail, and besides only what they own."""
    user = person("auditor", root)
    matrix = {"audit.entry": {"view": "all", "export": "all"}, "contacts.customer": {"view": "own"}}
    Role.objects.create(key="auditor", name="Auditor", matrix=matrix, field_groups={}).users.add(user)
    return user


def rows(client: Client, query: str = "") -> list[list[str]]:
    answer = client.post("/audit/export/", {"query": query})
    job = Job.objects.filter(name="audit.export_trail").latest("pk")
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    found = client.get(f"/job-files/{JobFile.objects.get(job=job).pk}/")
    text = b"".join(found.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    table = list(csv.reader(io.StringIO(text)))
    assert job.result == {"rows": len(table) - 1}
    return table


def test_what_the_filters_leave_newest_first(
    admin: User, rep: User, customer: Customer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH", 2)
    for city in ("Bern", "Malmö", "Oslo", "Ulm", "Kyiv"):
        customer_edit(actor=rep, customer=customer, values={"city": city}, version=customer.version)
    head, *found = rows(sign_in(admin), f"person={rep.pk}&action=contacts.customer.edit")
    assert head[:4] == ["Number", "When", "Person", "Action"]
    assert [row[7] for row in found] == [
        "City: Ulm → Kyiv", "City: Oslo → Ulm", "City: Malmö → Oslo", "City: Bern → Malmö", "City: Bern",
    ]  # fmt: skip
    assert {(row[2], row[4], row[6]) for row in found} == {("Rep", "Customer", "Ada Lindqvist")}


def test_the_export_is_told_in_the_trail_and_is_not_in_the_file(
    admin: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(admin)
    _head, *found = rows(client, "kind=contacts.customer")
    assert len(found) == 1
    entry = AuditEntry.objects.get(action="staff.user.export_trail")
    assert (entry.actor, entry.after) == (admin, {"filters": "Kind of record: Customer"})
    assert "Audit trail exported" in client.get("/audit/").content.decode()
    assert not [row for row in rows(client)[1:] if int(row[0]) > entry.pk]


def test_a_formula_is_only_text(admin: User, sign_in: SignIn) -> None:
    customer_create(actor=admin, values={"name": '=HYPERLINK("x")', "kind": "person"})
    found = rows(sign_in(admin), "kind=contacts.customer")
    assert found[1][6] == '\'=HYPERLINK("x")'


def test_of_what_the_reader_may_not_see_only_the_kind_is_told(
    auditor: User, admin: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    customer_edit(actor=rep, customer=customer, values={"city": "Secret city"}, version=customer.version)
    found = rows(sign_in(auditor), "kind=contacts.customer")
    assert len(found) == 3
    text = str(found)
    assert "Secret city" not in text
    assert "Lindqvist" not in text
    assert {(row[4], row[5], row[6]) for row in found[1:]} == {("Customer", "", "")}
    assert "Secret city" in str(rows(sign_in(admin), "kind=contacts.customer"))


def test_days_begin_in_the_zone_of_who_asks(
    admin: User, customer: Customer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """23:30 in UTC is the next day in Berlin."""
    moment = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    with monkeypatch.context() as patched:
        patched.setattr("django.utils.timezone.now", lambda: moment)
        record(actor=admin, action="contacts.customer.edit", obj=customer)
    assert len(rows(sign_in(admin), "first=2026-03-02&last=2026-03-02")) == 2
    assert len(rows(sign_in(admin), "last=2026-03-01")) == 1


def test_two_exports_are_two_files(admin: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(admin)
    client.post("/audit/export/", {"query": "kind=contacts.customer"})
    client.post("/audit/export/", {"query": "kind=staff.team"})
    assert Job.objects.filter(name="audit.export_trail").count() == 2


def test_whoever_only_reads_the_trail_exports_nothing(
    auditor: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    Role.objects.filter(key="auditor").update(matrix={"audit.entry": {"view": "all"}})
    client = sign_in(auditor)
    unchanged()
    assert "Export" not in client.get("/audit/").content.decode()
    assert client.post("/audit/export/", {"query": ""}).status_code == 403
    unchanged()


def test_the_right_is_asked_for_again_when_the_job_runs(auditor: User, sign_in: SignIn) -> None:
    sign_in(auditor).post("/audit/export/", {"query": ""})
    Role.objects.filter(key="auditor").update(matrix={"audit.entry": {"view": "all"}})
    job = Job.objects.get(name="audit.export_trail")
    run_job(job.pk)
    job.refresh_from_db()
    assert "PermissionDenied" in job.error
    assert not JobFile.objects.exists()


@pytest.mark.parametrize("query", ["record=x", "first=2026-02-30", "person=999999", "ip=1.2"])
def test_filters_that_cannot_be_read_export_nothing(
    query: str, admin: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(admin)
    unchanged()
    assert client.post("/audit/export/", {"query": query}).headers["Location"] == f"/audit/?{query}"
    unchanged()


def test_the_button_follows_the_filters(admin: User, customer: Customer, sign_in: SignIn) -> None:
    record(actor=admin, action="contacts.customer.edit", obj=customer)
    answer = sign_in(admin).get("/audit/?kind=contacts.customer&after=x", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert 'name="query" value="kind=contacts.customer"' in text
    assert 'hx-swap-oob="true"' in text
