"""A POST sent twice does its work once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from contacts.models import Customer
from crm.api.idempotency import lock
from crm.api.models import ApiRequest
from crm.api.services import requests_sweep
from crm.staff.models import User
from tests.crm.api.conftest import Api, ApiClient


def test_the_same_request_again_is_only_answered(rep: User, api: Api) -> None:
    client = api(rep)
    first = client.post("customers/", {"name": "Bo"}, Idempotency_Key="one")
    again = client.post("customers/", {"name": "Bo"}, Idempotency_Key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert Customer.objects.count() == 1


def test_another_body_or_address_with_the_same_key_is_refused(rep: User, api: Api) -> None:
    client = api(rep)
    client.post("customers/", {"name": "Bo"}, Idempotency_Key="one")
    assert client.post("customers/", {"name": "Eve"}, Idempotency_Key="one").status_code == 422
    assert client.post("customers/?fields=id", {"name": "Bo"}, Idempotency_Key="one").status_code == 422
    assert Customer.objects.count() == 1


def test_what_was_refused_can_be_corrected_with_the_same_key(rep: User, api: Api) -> None:
    client = api(rep)
    assert client.post("customers/", {"name": ""}, Idempotency_Key="one").status_code == 422
    assert not ApiRequest.objects.exists()
    assert client.post("customers/", {"name": "Bo"}, Idempotency_Key="one").status_code == 201


@pytest.mark.parametrize("key", ["x" * 101, "ä", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(key: str, rep: User, api: Api) -> None:
    assert api(rep).post("customers/", {"name": "Bo"}, Idempotency_Key=key).status_code == 400
    assert not Customer.objects.exists()


def test_answers_are_forgotten_after_a_day(rep: User, api: Api) -> None:
    api(rep).post("customers/", {"name": "Bo"}, Idempotency_Key="one")
    assert requests_sweep() == 0


@pytest.mark.django_db(transaction=True)
def test_a_request_that_still_runs_is_not_run_again(rep: User, api: Api) -> None:
    client = api(rep)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            assert lock(rep, client.token, "one")
            held.set()
            done.wait(20)
            cursor.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(20)
    answer = client.post("customers/", {"name": "Bo"}, Idempotency_Key="one")
    done.set()
    thread.join()
    assert answer.status_code == 409
    assert answer.headers["Retry-After"] == "1"
    assert not Customer.objects.exists()


def eighty(client: ApiClient, key: str) -> list[int]:
    def send(_index: int) -> int:
        headers: dict[str, Any] = {"Idempotency_Key": key} if key else {}
        try:
            return (
                ApiClient(client.token, client.text).post("customers/", {"name": "Bo"}, **headers).status_code
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(send, range(80)))


@pytest.mark.django_db(transaction=True)
def test_eighty_at_once_make_one_record(rep: User, api: Api) -> None:
    statuses = eighty(api(rep), "one")
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_a_key_each_makes_its_own(rep: User, api: Api) -> None:
    """The negative twin: it is the key that holds them together."""
    assert set(eighty(api(rep), "")) == {201}
    assert Customer.objects.count() == 80
