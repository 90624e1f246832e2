import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from contacts.models import Attachment, Consent, Customer, Interaction, Relationship, Tag, Task
from contacts.services.customer import customer_create
from contacts.services.engagement import attachment_create, task_create
from crm.access.models import Role
from crm.bulk.models import BulkRun
from crm.staff.models import User

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_a_call_is_logged_with_its_first_line_as_summary(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    data = {"kind": "call", "body": "Asked for samples\nTwo lots", "direction": "in", "duration_minutes": "7"}
    answer = sign_in(rep).post(f"/customers/{customer.pk}/interactions/", data, headers=HTMX)
    entry = Interaction.objects.get()
    assert answer.status_code == 200
    assert (entry.summary, entry.body, entry.direction, entry.duration_minutes) == (
        "Asked for samples",
        "Two lots",
        "in",
        7,
    )
    assert "Asked for samples" in answer.content.decode()


def test_a_meeting_has_minutes_and_no_direction_and_keeps_them_when_edited(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    data = {"kind": "meeting", "body": "Met", "direction": "out", "duration_minutes": "45"}
    client.post(f"/customers/{customer.pk}/interactions/", data, headers=HTMX)
    entry = Interaction.objects.get()
    assert (entry.direction, entry.duration_minutes) == ("", 45)
    edited = {"version": "1", "body": "Met twice", "duration_minutes": "50"}
    client.post(f"/interactions/{entry.pk}/edit/", edited, headers=HTMX)
    entry.refresh_from_db()
    assert (entry.summary, entry.duration_minutes) == ("Met twice", 50)


def test_a_call_needs_no_word(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    assert client.get(f"/customers/{customer.pk}/call/", headers=HTMX).status_code == 200
    client.post(f"/customers/{customer.pk}/interactions/", {"kind": "call", "body": ""}, headers=HTMX)
    answer = client.post(
        f"/customers/{customer.pk}/call/", {"kind": "call", "body": "", "direction": "in"}, headers=HTMX
    )
    assert answer.status_code == 204
    assert list(Interaction.objects.order_by("pk").values_list("kind", "summary")) == [
        ("call", "Called"),
        ("call", "Was called"),
    ]
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    client.post(undo, headers=HTMX)
    assert Interaction.objects.filter(deleted_at=None).count() == 1


def test_a_call_logged_over_a_list_is_refused_where_it_cannot_be(
    rep: User, narrow: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    address = f"/customers/{customer.pk}/call/"
    mine, other = sign_in(rep), sign_in(narrow)
    unchanged()
    assert mine.post(address, {"kind": "call", "duration_minutes": "-1"}, headers=HTMX).status_code == 422
    assert mine.post(address, {"kind": "note", "body": "x"}, headers=HTMX).status_code == 422
    assert other.post(address, {"kind": "call", "body": "x"}, headers=HTMX).status_code == 404
    unchanged()


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "meeting", "body": ""},
        {"kind": "nonsense", "body": "x"},
        {"kind": "call", "body": "x", "duration_minutes": "-1"},
        {"kind": "task", "body": "x", "due_on": "2026-02-30"},
        {"kind": "note", "body": "x" * 20_001},
    ],
)
def test_bad_input_keeps_what_was_typed_and_writes_nothing(
    data: dict[str, str], rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post(f"/customers/{customer.pk}/interactions/", data, headers=HTMX)
    assert answer.status_code == 422
    unchanged()


def test_the_composer_adds_a_task(rep: User, customer: Customer, sign_in: SignIn) -> None:
    data = {"kind": "task", "body": "Send samples", "due_on": "2027-01-05"}
    sign_in(rep).post(f"/customers/{customer.pk}/interactions/", data, headers=HTMX)
    task = Task.objects.get()
    assert (task.title, str(task.due_on), task.owner, task.customer) == (
        "Send samples",
        "2027-01-05",
        rep,
        customer,
    )


def test_a_task_of_the_composer_counts_on_its_tab_and_is_one_click_away(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    data = {"kind": "task", "body": "Send samples"}
    answer = sign_in(rep).post(f"/customers/{customer.pk}/interactions/", data, headers=HTMX)
    page = answer.content.decode()
    assert 'id="badge-tasks" class="badge" hx-swap-oob="outerHTML">1<' in page
    assert "Send samples" in page
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert toast["link"]["url"] == f"/customers/{customer.pk}/?tab=tasks"


def test_a_draft_is_forgotten_only_when_it_was_sent(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client, address = sign_in(rep), f"/customers/{customer.pk}/interactions/"
    assert "data-sent" not in client.get(f"/customers/{customer.pk}/").content.decode()
    refused = client.post(address, {"kind": "note", "body": ""}, headers=HTMX)
    assert "data-sent" not in refused.content.decode()
    sent = client.post(address, {"kind": "note", "body": "x"}, headers=HTMX)
    assert "data-sent" in sent.content.decode()


def test_several_tasks_are_done_with_one_undo(
    rep: User, agent: User, customer: Customer, sign_in: SignIn
) -> None:
    mine = [task_create(actor=rep, values={"title": f"Call {n}", "customer": customer}) for n in range(2)]
    foreign = task_create(actor=agent, values={"title": "Theirs"})
    client = sign_in(rep)
    query = "&".join(f"id={task.pk}" for task in (*mine, foreign))
    client.post(f"/lists/contacts-task/bulk/complete/?{query}&id=x")
    assert set(Task.objects.filter(done_at=None)) == {foreign}
    client.post(f"/bulk/{BulkRun.objects.get().pk}/undo/")
    assert Task.objects.filter(done_at=None).count() == 3


def test_a_done_row_of_the_table_opens_again_when_it_is_pressed_again(rep: User, sign_in: SignIn) -> None:
    task = task_create(actor=rep, values={"title": "Call"})
    row = sign_in(rep).post(f"/tasks/{task.pk}/done/?row=table", headers=HTMX).content.decode()
    assert f'<tr id="row-{task.pk}"' in row
    assert f"/tasks/{task.pk}/reopen/?row=table" in row


def test_known_tags_are_suggested_as_far_as_their_customers_are_visible(
    rep: User, narrow: User, customer: Customer, sign_in: SignIn
) -> None:
    sign_in(rep).post(f"/customers/{customer.pk}/tags/", {"tag": "Wholesale"}, headers=HTMX)
    assert 'value="Wholesale"' in sign_in(rep).get("/tags/?tag=who").content.decode()
    assert "Wholesale" not in sign_in(rep).get("/tags/?tag=x").content.decode()
    assert "Wholesale" not in sign_in(narrow).get("/tags/?tag=who").content.decode()


def test_a_tag_taken_away_comes_back_by_undo(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    client.post(f"/customers/{customer.pk}/tags/", {"tag": "Trade fair"}, headers=HTMX)
    tag = customer.tags.get()
    answer = client.post(f"/customers/{customer.pk}/tags/{tag.pk}/remove/", headers=HTMX)
    assert not customer.tags.exists()
    client.post(json.loads(answer.headers["HX-Trigger"])["toast"]["undo"], headers=HTMX)
    assert customer.tags.get() == tag


def test_a_task_is_done_and_opened_again(rep: User, customer: Customer, sign_in: SignIn) -> None:
    task = task_create(actor=rep, values={"title": "Call", "customer": customer})
    client = sign_in(rep)
    assert client.post(f"/tasks/{task.pk}/done/", headers=HTMX).status_code == 200
    assert Task.objects.get().done_at is not None
    assert client.post(f"/tasks/{task.pk}/reopen/", headers=HTMX).status_code == 200
    assert Task.objects.get().done_at is None


def test_a_task_does_not_tell_the_name_of_an_invisible_customer(
    narrow: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    task = task_create(actor=rep, values={"title": "Call them", "customer": customer})
    Task.objects.filter(pk=task.pk).update(owner=narrow)
    client = sign_in(narrow)
    for path in ("/tasks/", "/"):
        page = client.get(path).content.decode()
        assert "Call them" in page
        assert "Lindqvist" not in page


def test_a_stale_task_edit_shows_both_values(rep: User, customer: Customer, sign_in: SignIn) -> None:
    task = task_create(actor=rep, values={"title": "Call", "customer": customer})
    Task.objects.filter(pk=task.pk).update(title="Call today", version=2)
    data = {
        "title": "Write",
        "customer": customer.pk,
        "owner": rep.pk,
        "version": "1",
        "notes": "",
        "due_on": "",
    }
    answer = sign_in(rep).post(f"/tasks/{task.pk}/edit/", data)
    assert answer.status_code == 409
    assert "Call today" in answer.content.decode()
    assert Task.objects.get().title == "Call today"


def test_relationships_are_read_from_both_sides_and_hidden_with_their_customer(
    rep: User, narrow: User, customer: Customer, sign_in: SignIn
) -> None:
    firm = customer_create(actor=rep, values={"name": "Fjord Foods", "kind": "organisation"})
    client = sign_in(rep)
    data = {"kind": "works_for", "other": firm.pk}
    assert client.post(f"/customers/{customer.pk}/relationships/", data, headers=HTMX).status_code == 200
    assert "Employs" in client.get(f"/customers/{firm.pk}/").content.decode()
    Customer.objects.filter(pk=customer.pk).update(owner=narrow)
    assert "Fjord" not in sign_in(narrow).get(f"/customers/{customer.pk}/").content.decode()


def test_nobody_is_related_to_oneself_or_to_the_invisible(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    for other in (customer.pk, 999_999_999, "x"):
        data = {"kind": "partner_of", "other": other}
        assert client.post(f"/customers/{customer.pk}/relationships/", data, headers=HTMX).status_code == 422
    assert Relationship.objects.count() == 0


def test_a_file_is_kept_and_handed_out_only_as_a_download(
    rep: User, narrow: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    upload = SimpleUploadedFile("../../evil.html", b"<script>alert(1)</script>", content_type="text/html")
    client.post(f"/customers/{customer.pk}/attachments/", {"file": upload})
    kept = Attachment.objects.get()
    answer = client.get(f"/attachments/{kept.pk}/")
    assert "evil" not in kept.file.name
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert sign_in(narrow).get(f"/attachments/{kept.pk}/").status_code == 404


def test_consents_are_only_added_and_need_the_privacy_fields(
    rep: User, marketer: User, customer: Customer, sign_in: SignIn
) -> None:
    data = {"purpose": "marketing", "channel": "email", "is_given": "1", "source": "Phone", "wording": ""}
    address = f"/customers/{customer.pk}/consents/"
    assert sign_in(rep).post(address, data, headers=HTMX).status_code == 403
    client = sign_in(marketer)
    client.post(address, data, headers=HTMX)
    answer = client.post(address, {**data, "is_given": "0"}, headers=HTMX)
    assert [row.is_given for row in Consent.objects.order_by("pk")] == [True, False]
    assert "Withdrawn" in answer.content.decode()
    assert client.post(address, {**data, "source": ""}, headers=HTMX).status_code == 422


def test_a_removed_file_comes_back(
    rep: User, customer: Customer, sign_in: SignIn, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = sign_in(rep)
    file = attachment_create(actor=rep, customer=customer, upload=SimpleUploadedFile("a.txt", b"text"))
    client.post(f"/attachments/{file.pk}/delete/")
    assert client.get(f"/attachments/{file.pk}/").status_code == 404
    client.post(f"/attachments/{file.pk}/restore/")
    assert b"".join(client.get(f"/attachments/{file.pk}/").streaming_content) == b"text"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("names", [("One", "Two"), ("Fair", "FAIR")])
def test_tags_that_two_add_at_once_both_stay(
    names: tuple[str, str], rep: User, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    """Each writes only its own, whatever the page showed; the same name is one tag."""
    place = f"/customers/{customer.pk}/tags/"
    clients, barrier = [sign_in(rep), sign_in(admin)], threading.Barrier(2)

    def add(client: Client, name: str) -> None:
        barrier.wait()
        client.post(place, {"tag": name}, headers=HTMX)
        connections.close_all()

    threads = [threading.Thread(target=add, args=pair) for pair in zip(clients, names, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {tag.name.upper() for tag in Tag.objects.all()} == {name.upper() for name in names}
    assert customer.tags.count() == Tag.objects.count() == len({name.upper() for name in names})


def test_a_tag_is_the_same_however_it_is_capitalised(rep: User, customer: Customer, sign_in: SignIn) -> None:
    for name in ("Trade fair", "trade  FAIR "):
        sign_in(rep).post(f"/customers/{customer.pk}/tags/", {"tag": name}, headers=HTMX)
    assert [tag.name for tag in Tag.objects.all()] == ["Trade fair"]


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 51])
def test_what_is_no_name_of_a_tag_is_told(
    name: str, rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post(f"/customers/{customer.pk}/tags/", {"tag": name}, headers=HTMX)
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["tone"] == "error"
    unchanged()


def test_who_may_not_tag_leaves_no_tag_behind(
    agent: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(agent)
    Role.objects.filter(users=agent).update(matrix={"contacts.customer": {"view": "all", "edit": "own"}})
    unchanged()
    assert client.post(f"/customers/{customer.pk}/tags/", {"tag": "New"}, headers=HTMX).status_code == 403
    unchanged()
