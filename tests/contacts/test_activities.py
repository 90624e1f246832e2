"""Calls and meetings beside to-dos, and what speaks of another record."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client

from contacts.models import Attachment, Customer, Interaction, Task
from contacts.services.about import about
from contacts.services.engagement import attachment_create, task_create, task_edit
from contacts.services.interaction import interaction_create
from crm.access.models import Role
from crm.staff.models import Team, User
from tests.conftest import database_rows, person

SignIn = Callable[[User], Client]
NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def meeting(actor: User, **values: Any) -> Task:
    given = {"title": "Tasting", "kind": "meeting", "starts_at": NINE, "ends_at": NINE + HOUR} | values
    return task_create(actor=actor, values=given)


@pytest.fixture
def no_orders(root: Team) -> User:
    """Sees every customer, entry and task, but no order."""
    user = person("blind", root)
    every = dict.fromkeys(("view", "create", "edit", "delete"), "all")
    objects = ("contacts.customer", "contacts.interaction", "contacts.task")
    role = Role.objects.create(key="no-orders", name="No orders", matrix=dict.fromkeys(objects, every))
    role.users.add(user)
    return user


def test_a_meeting_is_due_on_the_day_it_is_for_its_owner(rep: User) -> None:
    User.objects.filter(pk=rep.pk).update(time_zone="Pacific/Auckland")
    rep.refresh_from_db()
    late = datetime(2026, 12, 1, 22, tzinfo=UTC)
    assert meeting(rep, starts_at=late, ends_at=late + HOUR).due_on == date(2026, 12, 2)


def test_what_has_no_end_lasts_as_long_as_its_kind_does(rep: User) -> None:
    assert meeting(rep, ends_at=None).ends_at == NINE + HOUR
    assert meeting(rep, kind="call", ends_at=None).ends_at == NINE + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends_at": NINE}, "ends_at"),
        ({"ends_at": NINE + timedelta(days=15)}, "ends_at"),
        ({"starts_at": None, "ends_at": None}, "starts_at"),
        ({"kind": "call", "starts_at": None}, "starts_at"),
        ({"kind": "task"}, "starts_at"),
        ({"starts_at": datetime(1970, 1, 1, tzinfo=UTC)}, "starts_at"),
        ({"remind_at": datetime(1, 1, 1, tzinfo=UTC)}, "remind_at"),
    ],
)
def test_times_that_cannot_be_are_refused_at_their_field(
    rep: User, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as fault:
        meeting(rep, **values)
    assert field in fault.value.message_dict
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    "columns", [{"kind": "task"}, {"ends_at": NINE}, {"ends_at": None}, {"starts_at": None, "ends_at": None}]
)
def test_the_database_keeps_no_such_times_either(rep: User, columns: dict[str, Any]) -> None:
    task = meeting(rep)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(**columns)


def test_a_moved_meeting_keeps_its_length_and_its_reminder(rep: User) -> None:
    task = meeting(rep, remind_at=NINE - timedelta(minutes=15))
    task_edit(actor=rep, task=task, values={"starts_at": NINE + 2 * HOUR}, version=1)
    assert (task.ends_at, task.remind_at) == (NINE + 3 * HOUR, NINE + 2 * HOUR - timedelta(minutes=15))


def test_a_new_day_moves_the_meeting_to_the_same_hour(rep: User) -> None:
    task = meeting(rep)
    task_edit(actor=rep, task=task, values={"due_on": date(2026, 12, 3)}, version=1)
    assert (task.starts_at, task.due_on) == (NINE + timedelta(days=2), date(2026, 12, 3))


def test_the_form_makes_a_meeting_and_leaves_out_what_a_to_do_has_not(rep: User, sign_in: SignIn) -> None:
    data = {
        "title": "Tasting",
        "kind": "meeting",
        "starts_at": "2026-12-01T10:00",
        "remind": "15",
        "location": "Here",
    }
    client = sign_in(rep)
    assert client.post("/tasks/new/", data).status_code == 302
    task = Task.objects.get()
    assert (task.starts_at, task.ends_at, task.location) == (NINE, NINE + HOUR, "Here")
    assert task.remind_at == NINE - timedelta(minutes=15)
    data |= {"kind": "task", "version": "1", "due_on": "2026-12-05", "owner": str(rep.pk)}
    assert client.post(f"/tasks/{task.pk}/edit/", data).status_code == 302
    task.refresh_from_db()
    assert (task.kind, task.starts_at, task.location, task.remind_at) == ("task", None, "", None)


def test_a_meeting_without_a_start_is_refused_at_its_field(rep: User, sign_in: SignIn) -> None:
    answer = sign_in(rep).post("/tasks/new/", {"title": "Tasting", "kind": "meeting"})
    assert answer.status_code == 422
    assert "Say when it begins." in answer.content.decode()


def test_what_speaks_of_an_order_is_seen_by_who_sees_the_order(
    rep: User, no_orders: User, admin: User, customer: Customer, place_order: Any, sign_in: SignIn
) -> None:
    order = place_order(rep, customer)
    told = about(order)
    task = meeting(rep, customer=customer, **told)
    entry = interaction_create(
        actor=rep, customer=customer, values={"kind": "note", "summary": "Late", **told}
    )
    file = attachment_create(
        actor=rep, customer=customer, upload=SimpleUploadedFile("offer.txt", b"x"), obj=order
    )
    for rows in (Task.objects.filter(pk=task.pk), Interaction.objects.filter(pk=entry.pk)):
        assert rows.visible_to(rep).exists()
        assert not rows.visible_to(no_orders).exists()
    assert not Attachment.objects.visible_to(no_orders).exists()
    client = sign_in(no_orders)
    for address in (f"/tasks/{task.pk}/edit/", f"/attachments/{file.pk}/", f"/interactions/{entry.pk}/edit/"):
        assert client.get(address).status_code == 404
        assert sign_in(admin).get(address).status_code == 200
    assert "Tasting" not in client.get("/tasks/").content.decode()
    assert "Tasting" in sign_in(rep).get("/tasks/").content.decode()


def test_nobody_writes_about_a_record_they_do_not_see(
    rep: User, no_orders: User, customer: Customer, place_order: Any
) -> None:
    told = about(place_order(rep, customer))
    before = database_rows()
    with pytest.raises(Http404):
        meeting(no_orders, customer=customer, **told)
    with pytest.raises(Http404):
        meeting(rep, **told)  # of another customer
    with pytest.raises(ValidationError):
        meeting(rep, customer=customer, object_type="staff.user", object_id=rep.pk)
    assert database_rows() == before
