"""Tokens: made and shown once, never more than their person, dead at once when revoked."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from contacts.models import Customer
from crm.api import idempotency, limits
from crm.api.models import ApiToken
from crm.api.services import token_create, token_revoke
from crm.audit.models import AuditEntry
from crm.staff.models import User
from tests.crm.api.conftest import Api, ApiClient

SignIn = Callable[[User], Client]


def test_the_text_is_shown_once_and_opens_what_was_chosen(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    browser = sign_in(rep)
    page = browser.post(
        "/settings/tokens/", {"name": "Sync", "lifetime": "30", "scope-contacts.customer": "read"}
    )
    text = re.search(r'value="(tnr_[\w-]+)"', page.content.decode())[1]
    token = ApiToken.objects.get()
    assert (token.scopes, token.is_everything) == ({"contacts.customer": "read"}, False)
    assert text not in browser.get("/settings/tokens/").content.decode()
    assert text not in str(list(AuditEntry.objects.values())) + str(list(ApiToken.objects.values()))
    client = ApiClient(token, text)
    assert client.get("me/").json()["token"]["scopes"] == {"contacts.customer": "read"}
    assert client.get("customers/").status_code == 200
    assert client.post("customers/", {"name": "Bo"}).status_code == 403


NO_TOKENS = [{"name": "Sync"}, {"is_everything": "on"}, {"name": "a\u202eb", "is_everything": "on"}]


@pytest.mark.parametrize("sent", NO_TOKENS)
def test_a_token_needs_a_name_and_a_purpose(sent: dict[str, str], rep: User, sign_in: SignIn) -> None:
    assert sign_in(rep).post("/settings/tokens/", sent).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_scope_that_nobody_declared_is_refused(rep: User) -> None:
    with pytest.raises(Exception, match="no such scope"):
        token_create(actor=rep, name="Sync", scopes={"staff.user": "write"})


def test_revoking_on_the_page(rep: User, api: Api, sign_in: SignIn) -> None:
    client = api(rep)
    sign_in(rep).post(f"/settings/tokens/{client.token.pk}/revoke/")
    answer = client.get("me/")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Tenure"'


def test_expired_tokens_and_those_of_people_who_left_open_nothing(rep: User, api: Api) -> None:
    client = api(rep)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("me/").status_code == 401
    ApiToken.objects.update(expires_at=None)
    assert client.get("me/").status_code == 200
    User.objects.filter(pk=rep.pk).update(is_active=False)
    assert client.get("me/").status_code == 401


@pytest.mark.parametrize(
    "text", ["", "x", "tnr_", "tnr_abcdefghij_x", "tnr_" + "a" * 500, "tnr_ä\x00bcdefghij", "Zm9vOmJhcg=="]
)
def test_what_is_no_token_opens_nothing(text: str, rep: User, sign_in: SignIn) -> None:
    browser = sign_in(rep)
    answer = browser.get("/api/v1/me/", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 401


def test_a_session_needs_the_csrf_token_to_write(rep: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(rep, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/api/v1/me/").json()["token"] is None
    answer = browser.post("/api/v1/customers/", {"name": "Bo"}, content_type="application/json")
    assert answer.status_code == 403
    assert not Customer.objects.exists()


@pytest.mark.parametrize("batch", [False, True])
def test_a_token_that_is_revoked_in_mid_request_writes_nothing(
    batch: bool, rep: User, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revoked after the request was let in, before its transaction reads the token again."""
    client = api(rep)
    real = transaction.atomic

    def revoke_first(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.undo()
        token_revoke(actor=rep, token=client.token)
        return real(*args, **kwargs)

    monkeypatch.setattr("crm.api.views.base.transaction.atomic", revoke_first)
    operations = {"operations": [{"op": "create", "body": {"name": "Bo"}}]}
    answer = (
        client.post("customers/batch/", operations) if batch else client.post("customers/", {"name": "Bo"})
    )
    assert answer.status_code == 401
    assert not Customer.objects.exists()


def test_use_is_noted_at_most_once_a_minute(rep: User, api: Api, count_queries: Any) -> None:
    client = api(rep)
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    client.get("me/")
    noted = ApiToken.objects.get().last_used_at
    assert timezone.now() - noted < timedelta(seconds=20)
    client.get("me/")
    assert ApiToken.objects.get().last_used_at == noted


def test_too_many_requests_are_told_to_wait(rep: User, marketer: User, api: Api, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    client = api(rep)
    statuses = [client.get("me/").status_code for _ in range(6)]
    assert statuses.count(200) in (2, 4)  # a new minute may begin meanwhile
    answer = next((found for found in [client.get("me/")] if found.status_code == 429), None)
    assert answer is None or int(answer.headers["Retry-After"]) <= 60
    assert api(marketer).get("me/").status_code == 200


def test_requests_are_counted_without_the_broker(rep: User, api: Api, settings: Any) -> None:
    settings.REDIS_URL, settings.API_REQUESTS_PER_MINUTE = "redis://127.0.0.1:1/0", 2
    limits.server.cache_clear()
    client = api(rep)
    statuses = [client.get("me/").status_code for _ in range(8)]
    limits.server.cache_clear()
    assert statuses[:2] == [200, 200]
    assert 429 in statuses


def test_keys_of_one_person_and_token_do_not_meet(rep: User, api: Api) -> None:
    first, second = api(rep), api(rep)
    for client in (first, second):
        assert client.post("customers/", {"name": "Bo"}, Idempotency_Key="k").status_code == 201
    assert Customer.objects.count() == 2
    assert idempotency.HEADER == "Idempotency-Key"
