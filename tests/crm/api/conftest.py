"""A program that speaks to the API with a token of its own."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm.api import limits
from crm.api.models import ApiToken
from crm.api.services import token_create
from crm.staff.models import User

Api = Callable[..., "ApiClient"]


class ApiClient:
    """JSON in and out with a bearer token; `token` is its row."""

    def __init__(self, token: ApiToken | None, text: str) -> None:
        self.token, self.text, self.client = token, text, Client()

    def call(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.text:
            named["Authorization"] = f"Bearer {self.text}"
        body = data if isinstance(data, (bytes, str)) else json.dumps(data)
        sent = (
            {}
            if data is None
            else {"data": body, "content_type": named.pop("Content-Type", "application/json")}
        )
        return self.client.generic(method, f"/api/v1/{path}", headers=named, **sent)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.call("POST", path, {} if data is None else data, **headers)

    def patch(self, path: str, data: Any, **headers: str) -> Any:
        return self.call("PATCH", path, data, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.call("DELETE", path, **headers)


def token_for(user: User, **scopes: Any) -> tuple[ApiToken, str]:
    given = {"scopes": {}, "is_everything": True} if not scopes else {"is_everything": False, **scopes}
    token, text = token_create(actor=user, name="Test", **given)
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
    return token, text


@pytest.fixture
def api() -> Api:
    """api(user) may do all that the user may; api(user, scopes={...}) only so much."""
    return lambda user, **scopes: ApiClient(*token_for(user, **scopes))


@pytest.fixture(autouse=True)
def _no_limit(settings: Any) -> Iterator[None]:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    yield
    limits.Own.until = 0.0
