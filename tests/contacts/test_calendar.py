"""The calendar: who sees what in it, and moving what stands there."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from contacts.models import Customer, Interaction, Task
from contacts.services.engagement import task_create
from crm.calendars.services import absence_create
from crm.staff.models import User
from tests.conftest import person

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)  # ten o'clock in the company's zone, Europe/Berlin
HOUR = timedelta(hours=1)
WEEK = "/calendar/?view=week&day=2026-12-01"


def meeting(actor: User, **values: Any) -> Task:
    given = {"title": "Tasting", "kind": "meeting", "starts_at": NINE, "ends_at": NINE + HOUR} | values
    return task_create(actor=actor, values=given)


def move(client: Client, task: Task, **values: Any) -> Any:
    values = {
        "version": task.version,
        "starts_at": "2026-12-02T11:00",
        "ends_at": "2026-12-02T12:00",
    } | values
    return client.post(f"/tasks/{task.pk}/move/?view=week&day=2026-12-01", values, headers=HTMX)


def toast(answer: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer.headers["HX-Trigger"])["toast"]
    return found


@pytest.mark.parametrize("view", ["day", "week", "month", "list"])
def test_each_view_shows_a_meeting_where_the_readers_clock_has_it(
    view: str, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    meeting(rep, customer=customer)
    task_create(actor=rep, values={"title": "Send beans", "due_on": date(2026, 12, 1)})
    html = sign_in(rep).get(f"/calendar/?view={view}&day=2026-12-01").content.decode()
    assert "Tasting" in html
    assert "Send beans" in html
    assert "10:00" in html
    User.objects.filter(pk=rep.pk).update(time_zone="America/New_York")
    assert "04:00" in sign_in(rep).get(f"/calendar/?view={view}&day=2026-12-01").content.decode()


@pytest.mark.parametrize(
    "query", ["view=x&day=y&people=z", "day=9999-12-31", "day=0001-01-01&view=month", "people=0,,9"]
)
def test_whatever_the_address_says_a_calendar_is_shown(query: str, rep: User, sign_in: SignIn) -> None:
    assert sign_in(rep).get(f"/calendar/?{query}").status_code == 200


def test_a_colleague_is_laid_over_by_the_access_of_the_team(
    rep: User, agent: User, sales_team: Any, sign_in: SignIn
) -> None:
    mate = person("mate", sales_team, "sales-rep")
    meeting(mate, title="Of a mate")
    meeting(agent, title="Of support")
    client = sign_in(rep)
    assert "Of a mate" not in client.get(WEEK).content.decode()
    html = client.get(f"{WEEK}&people={rep.pk},{mate.pk},{agent.pk}").content.decode()
    assert "Of a mate" in html
    assert "Of support" not in html


def test_an_invisible_customer_is_not_named(
    rep: User, narrow: User, customer: Customer, sign_in: SignIn
) -> None:
    task = meeting(rep, customer=customer)
    Task.objects.filter(pk=task.pk).update(owner=narrow)
    html = sign_in(narrow).get(WEEK).content.decode()
    assert "Tasting" in html
    assert customer.name not in html


def test_who_is_away_and_what_is_closed_is_seen(rep: User, sign_in: SignIn) -> None:
    absence_create(actor=rep, owner=rep, starts_on=date(2026, 12, 2), ends_on=date(2026, 12, 3))
    html = sign_in(rep).get(WEEK).content.decode()
    assert html.count("Rep is away") == 2
    assert "cal-closed h-0 m-0 lh-9 lm-0" in html


def test_a_week_of_many_costs_few_queries(
    rep: User, customer: Customer, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for index in range(30):
        meeting(rep, customer=customer, starts_at=NINE + HOUR * index, ends_at=None)
    client = sign_in(rep)
    client.get(WEEK)
    with django_assert_max_num_queries(22):
        client.get(WEEK)


def test_a_moved_meeting_stands_there_and_comes_back(rep: User, sign_in: SignIn) -> None:
    task, client = meeting(rep), sign_in(rep)
    answer = move(client, task)
    task.refresh_from_db()
    assert answer.status_code == 200
    assert (task.starts_at, task.due_on) == (datetime(2026, 12, 2, 10, tzinfo=UTC), date(2026, 12, 2))
    assert client.post(toast(answer)["undo"], headers=HTMX).status_code == 200
    task.refresh_from_db()
    assert (task.starts_at, task.ends_at, task.due_on) == (NINE, NINE + HOUR, date(2026, 12, 1))


def test_a_to_do_moves_to_another_day(rep: User, sign_in: SignIn) -> None:
    task = task_create(actor=rep, values={"title": "Send beans", "due_on": date(2026, 12, 1)})
    answer = move(sign_in(rep), task, starts_at="", ends_at="", due_on="2026-12-04")
    task.refresh_from_db()
    assert (answer.status_code, task.due_on, task.starts_at) == (200, date(2026, 12, 4), None)


def test_who_comes_second_moves_nothing(rep: User, sign_in: SignIn) -> None:
    task = meeting(rep)
    client = sign_in(rep)
    move(client, task)
    answer = move(client, task, starts_at="2026-12-03T11:00", ends_at="2026-12-03T12:00")
    task.refresh_from_db()
    assert answer.status_code == 409
    assert toast(answer)["tone"] == "error"
    assert 'data-starts="2026-12-02T11:00"' in answer.content.decode()
    assert task.starts_at == datetime(2026, 12, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "values",
    [
        {"starts_at": "", "ends_at": ""},
        {"starts_at": "1970-01-01T00:00"},
        {"ends_at": "2026-12-02T11:00"},
        {"starts_at": "soon"},
        {"version": "x"},
        {"version": ""},
    ],
)
def test_a_place_that_cannot_be_is_refused(
    values: dict[str, str], rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    task, client = meeting(rep), sign_in(rep)
    unchanged()
    assert move(client, task, **values).status_code == 422
    unchanged()


def test_an_outsider_moves_and_logs_nothing(
    rep: User, narrow: User, outsider: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    task, blind, stranger = meeting(rep), sign_in(narrow), sign_in(outsider)
    unchanged()
    for verb in ("move", "log"):
        assert blind.post(f"/tasks/{task.pk}/{verb}/", {}).status_code in (403, 404)
        assert stranger.post(f"/tasks/{task.pk}/{verb}/", {}).status_code == 403
    unchanged()


def test_a_time_that_the_clock_leaves_out_is_an_hour_later(rep: User, sign_in: SignIn) -> None:
    task = meeting(rep)
    move(sign_in(rep), task, starts_at="2027-03-28T02:30", ends_at="2027-03-28T04:00")
    task.refresh_from_db()
    assert (task.starts_at, task.ends_at) == (
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 2, tzinfo=UTC),
    )


def test_a_form_in_a_dialog_leads_back_to_the_calendar(rep: User, sign_in: SignIn) -> None:
    client = sign_in(rep)
    form = client.get("/tasks/new/?kind=meeting&starts_at=2026-12-01T10:00", headers=HTMX).content.decode()
    assert 'value="2026-12-01T10:00"' in form
    headers = HTMX | {"HX-Current-URL": f"http://testserver{WEEK}"}
    data = {"title": "Tasting", "kind": "meeting", "starts_at": "2026-12-01T10:00"}
    answer = client.post("/tasks/new/", data, headers=headers)
    assert answer.headers["HX-Redirect"] == WEEK
    elsewhere = HTMX | {"HX-Current-URL": "http://evil.example/calendar/"}
    assert client.post("/tasks/new/", data, headers=elsewhere).headers["HX-Redirect"] == "/tasks/"


def test_a_meeting_is_planned_from_a_record_and_speaks_of_it(
    rep: User, customer: Customer, place_order: Any, sign_in: SignIn
) -> None:
    order, client = place_order(rep, customer), sign_in(rep)
    query = f"kind=meeting&customer={customer.pk}&about=sales.order:{order.pk}"
    form = client.get(f"/tasks/new/?{query}", headers=HTMX).content.decode()
    assert f'name="object_id" value="{order.pk}"' in form
    assert customer.name in form
    data = {"title": "Tasting", "kind": "meeting", "starts_at": "2026-12-01T10:00", "customer": customer.pk}
    about = {"object_type": "sales.order", "object_id": order.pk}
    client.post("/tasks/new/", data | about, headers=HTMX)
    task = Task.objects.get()
    assert (task.customer, task.object_type, task.object_id) == (customer, "sales.order", order.pk)
    assert client.post("/tasks/new/", data | about | {"object_id": 999_999}, headers=HTMX).status_code == 404
    assert client.get("/tasks/new/?about=x:y&kind=z&starts_at=soon&customer=x").status_code == 200


# --- done, with what came of it -------------------------------------------------------------------------------------


def test_a_meeting_that_is_done_stands_on_the_timeline_until_it_is_undone(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    past = datetime(2026, 3, 2, 9, tzinfo=UTC)
    task = meeting(rep, customer=customer, starts_at=past, ends_at=past + HOUR)
    client = sign_in(rep)
    data = {"body": "They take two lots\nSend the contract", "duration_minutes": "50"}
    assert client.post(f"/tasks/{task.pk}/log/", data).status_code == 302
    entry = Interaction.objects.get()
    assert (entry.kind, entry.summary, entry.body) == ("meeting", "They take two lots", "Send the contract")
    assert (entry.happened_at, entry.duration_minutes, entry.customer) == (past, 50, customer)
    client.post(f"/tasks/{task.pk}/reopen/")
    task.refresh_from_db()
    entry.refresh_from_db()
    assert task.done_at is None
    assert entry.deleted_at is not None


def test_without_a_word_the_title_is_what_happened_and_twice_is_once(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    task = meeting(rep, customer=customer, kind="call", title="Ask about samples")
    client = sign_in(rep)
    for _time in range(2):
        client.post(f"/tasks/{task.pk}/log/", {"body": "", "direction": "out"})
    entry = Interaction.objects.get()
    assert (entry.kind, entry.summary, entry.direction) == ("call", "Ask about samples", "out")


def test_an_entry_that_somebody_worked_on_stays(rep: User, customer: Customer, sign_in: SignIn) -> None:
    task = meeting(rep, customer=customer)
    client = sign_in(rep)
    client.post(f"/tasks/{task.pk}/log/", {"body": "Good"})
    Interaction.objects.update(version=2)
    client.post(f"/tasks/{task.pk}/reopen/")
    assert Interaction.objects.get().deleted_at is None


def test_bad_minutes_are_refused_and_nothing_is_done(rep: User, customer: Customer, sign_in: SignIn) -> None:
    task = meeting(rep, customer=customer)
    answer = sign_in(rep).post(f"/tasks/{task.pk}/log/", {"body": "Good", "duration_minutes": "-5"})
    task.refresh_from_db()
    assert (answer.status_code, task.done_at) == (422, None)
    assert not Interaction.objects.exists()
