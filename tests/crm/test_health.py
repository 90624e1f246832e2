"""What machines ask of the program."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.utils import timezone
from psycopg.errors import AdminShutdown, ConnectionTimeout, QueryCanceled

from crm.demo.models import DemoPart
from crm.demo.selectors import VALUES
from crm.health import checks
from crm.health.outage import is_outage
from crm.jobs.models import Job
from crm.staff.models import User

NOWHERE = "redis://127.0.0.1:1/0"


def missing(client: Client) -> dict[str, str]:
    response = client.get("/readyz")
    body: dict[str, Any] = response.json()
    assert response.status_code == (503 if body["missing"] else 200)
    assert body["ready"] is (response.status_code == 200)
    return dict(body["missing"])


def test_healthz_needs_neither_database_nor_sign_in(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_nothing_is_missing(client: Client) -> None:
    assert missing(client) == {}


@pytest.mark.django_db
def test_not_ready_without_the_broker(client: Client, settings: LazySettings) -> None:
    settings.REDIS_URL = NOWHERE
    assert missing(client) == {"broker": "The broker does not answer."}


@pytest.mark.django_db
def test_not_ready_while_a_job_waits_for_long(client: Client) -> None:
    Job.objects.create(name="sample.wait", due_at=timezone.now() - timedelta(hours=1))
    assert list(missing(client)) == ["queue"]


@pytest.mark.django_db
def test_a_job_that_is_due_later_does_not_count(client: Client) -> None:
    Job.objects.create(name="sample.wait", due_at=timezone.now() + timedelta(hours=1))
    assert missing(client) == {}


@pytest.mark.django_db
def test_the_demo_is_ready_when_every_part_and_the_values_are_there(
    client: Client, settings: LazySettings
) -> None:
    settings.DEMO, settings.DEMO_LOADERS = True, ["some.part"]
    assert missing(client) == {"demo": "Not loaded yet: some.part, values."}
    DemoPart.objects.bulk_create([DemoPart(path="some.part"), DemoPart(path=VALUES)])
    assert missing(client) == {}


@pytest.mark.django_db(transaction=True)
def test_not_ready_before_all_migrations(client: Client) -> None:
    checks._applied.clear()
    try:
        call_command("migrate", "demo", "zero", verbosity=0)
        assert missing(client) == {"migrations": "1 migrations are not applied."}
    finally:
        call_command("migrate", verbosity=0)
    assert missing(client) == {}


@pytest.mark.django_db
def test_metrics_are_for_this_machine_only(client: Client) -> None:
    assert b"django_http_requests" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403


@pytest.mark.django_db
def test_metrics_with_a_token_are_for_its_bearer_only(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = "right"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wröng"}).status_code == 403
    right = {"Authorization": "Bearer right"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="192.0.2.1").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_they_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def caused_by(cause: Exception) -> OperationalError:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def test_a_lost_connection_is_an_outage_and_a_refused_query_is_not() -> None:
    assert is_outage(InterfaceError("connection already closed"))
    assert is_outage(caused_by(ConnectionTimeout("timed out")))
    assert is_outage(caused_by(AdminShutdown("terminating connection")))
    assert not is_outage(caused_by(QueryCanceled("statement timeout")))
    assert not is_outage(ValueError())
    assert not is_outage(None)


@pytest.mark.django_db(transaction=True)
def test_a_database_lost_under_a_request_is_a_short_wait(client: Client) -> None:
    client.raise_request_exception = False
    client.cookies["sessionid"] = "x" * 32  # makes the request read its session
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    terminate_from_elsewhere(pid)
    response = client.get("/customers/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/customers/", "/api/v1/customers/"])
def test_what_the_database_gives_up_is_told_in_plain_words(address: str, rep: User, sign_in: Any) -> None:
    client = sign_in(rep)
    client.raise_request_exception = False
    other = connection.copy()
    try:
        with other.cursor() as holder, connection.cursor() as cursor:
            holder.execute("BEGIN")
            holder.execute("LOCK TABLE contacts_customer IN ACCESS EXCLUSIVE MODE")
            cursor.execute("SET statement_timeout = '200ms'")
            response = client.get(address)
    finally:
        other.close()
        connection.close()
    assert response.status_code == 503
    assert "This asks for too much at once" in response.content.decode()


def terminate_from_elsewhere(pid: int) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    finally:
        other.close()
