"""A form that is sent twice makes one record; the twin without a key shows what would happen else."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from contacts.models import Attachment, Consent, Customer, Interaction, Task
from crm.imports.models import ImportRun
from crm.staff.models import User
from crm.submissions.models import Submission
from crm.submissions.services import submissions_sweep
from sales.models import Order

SignIn = Callable[[User], Client]
AT_ONCE = 8
KEY = {"submission": "a-random-key"}


def order_form(buyer: Customer, **changes: str) -> dict[str, str]:
    return {
        "customer": str(buyer.pk),
        "placed_on": "2026-03-01",
        "currency": "USD",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-text": "Beans",
        "lines-0-quantity": "2",
        "lines-0-unit_amount": "19.90",
        **changes,
    }


def test_an_order_sent_twice_is_one_and_both_answers_lead_to_it(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    answers = [client.post("/orders/new/", order_form(customer, **KEY)) for _ in range(2)]
    order = Order.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [f"/orders/{order.pk}/"] * 2


def test_another_body_under_the_same_key_is_refused_with_the_input_kept(
    rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    client.post("/orders/new/", order_form(customer, **KEY))
    unchanged()
    other = order_form(customer, **KEY, **{"lines-0-text": "Other beans"})
    answer = client.post("/orders/new/", other)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "already sent" in page
    assert "Other beans" in page
    unchanged()
    new_key = re.search(r'name="submission" value="([^"]+)"', page)
    assert new_key
    assert client.post("/orders/new/", other | {"submission": new_key[1]}).status_code == 302
    assert Order.objects.count() == 2


def test_without_a_key_each_sending_makes_one(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    for _ in range(2):
        client.post("/orders/new/", order_form(customer))
    assert Order.objects.count() == 2


def test_a_refused_form_leaves_its_key_free(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    assert client.post("/orders/new/", order_form(customer, currency="EUR", **KEY)).status_code == 422
    assert not Submission.objects.exists()
    assert client.post("/orders/new/", order_form(customer, **KEY)).status_code == 302


def test_the_key_of_one_is_nothing_to_another(
    rep: User, manager: User, customer: Customer, sign_in: SignIn
) -> None:
    for user in (rep, manager):
        sign_in(user).post("/orders/new/", order_form(customer, **KEY))
    assert set(Order.objects.values_list("owner", flat=True)) == {rep.pk, manager.pk}


@pytest.mark.parametrize(("key", "expected"), [(KEY, 1), ({}, AT_ONCE)])
@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_order_and_eight_without_a_key(
    key: dict[str, str], expected: int, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    clients = [sign_in(rep) for _ in range(AT_ONCE)]
    barrier = threading.Barrier(AT_ONCE)
    answers: list[Any] = []

    def send(client: Client) -> None:
        barrier.wait()
        answers.append(client.post("/orders/new/", order_form(customer, **key)))
        connections.close_all()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Order.objects.count() == expected
    assert [answer.status_code for answer in answers] == [302] * AT_ONCE
    assert len({answer.headers["Location"] for answer in answers}) == expected


def test_customers_tasks_and_entries_are_made_once(rep: User, customer: Customer, sign_in: SignIn) -> None:
    client = sign_in(rep)
    composer = f"/customers/{customer.pk}/interactions/"
    for _ in range(2):
        client.post("/customers/new/", {"name": "Bo", "kind": "person", "submission": "1"})
        client.post("/tasks/new/", {"title": "Call", "submission": "2"})
        client.post(composer, {"kind": "note", "body": "Met", "submission": "3"})
        client.post(composer, {"kind": "task", "body": "Send", "submission": "4"})
    assert Customer.objects.filter(name="Bo").count() == 1
    assert list(Task.objects.order_by("pk").values_list("title", flat=True)) == ["Call", "Send"]
    assert Interaction.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/customers/new/", {"name": "Bo", "kind": "person"}),
        ("/tasks/new/", {"title": "Call them"}),
        ("/customers/{pk}/interactions/", {"kind": "note", "body": "Met them"}),
    ],
)
def test_other_content_is_refused_everywhere(
    path: str, data: dict[str, str], rep: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    address = path.format(pk=customer.pk)
    client.post(address, {**data, **KEY})
    changed = {**data, **KEY, list(data)[-1]: "organisation"}
    answer = client.post(address, changed)
    assert answer.status_code == 422
    assert b"already sent" in answer.content


def test_a_file_is_imported_once(admin: User, sign_in: SignIn, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    client = sign_in(admin)

    def upload(content: bytes) -> Any:
        file = SimpleUploadedFile("orders.csv", content)
        return client.post("/imports/new/", {"file": file, "source": "shop", **KEY})

    text = b"Customer ID,Order date,Total\n1,2026-01-31,10\n"
    first, second = upload(text), upload(text)
    assert first.headers["Location"] == second.headers["Location"]
    assert ImportRun.objects.count() == len(list(tmp_path.rglob("*.csv"))) == 1
    assert upload(text + b"2,2026-01-31,10\n").status_code == 422
    assert ImportRun.objects.get().file.read() == text


@pytest.mark.parametrize("path", ["/orders/new/", "/customers/new/", "/tasks/new/", "/imports/new/"])
def test_every_form_that_creates_carries_a_key_of_its_own(path: str, admin: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    keys = {
        re.findall(r'name="submission" value="([^"]+)"', client.get(path).content.decode())[0] for _ in "12"
    }
    assert len(keys) == 2


def test_old_forms_are_forgotten(rep: User) -> None:
    for days in (1, 8):
        row = Submission.objects.create(user=rep, key=str(days), digest="")
        Submission.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=days))
    assert submissions_sweep() == 1
    assert Submission.objects.get().key == "1"


@pytest.mark.parametrize("key", ["\0", "x" * 5000, "é"])
def test_odd_keys_do_no_harm(key: str, rep: User, customer: Customer, sign_in: SignIn) -> None:
    assert sign_in(rep).post("/orders/new/", order_form(customer, submission=key)).status_code == 302


def test_consents_and_files_sent_twice_are_kept_once(
    marketer: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(marketer)
    consent = {"purpose": "marketing", "channel": "email", "is_given": "1", "source": "Fair", **KEY}
    for _ in range(2):
        client.post(f"/customers/{customer.pk}/consents/", consent)
        files = [SimpleUploadedFile(name, b"text") for name in ("one.txt", "two.txt")]
        client.post(f"/customers/{customer.pk}/attachments/", {"file": files, "submission": "another-key"})
    assert Consent.objects.count() == 1
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["one.txt", "two.txt"]
