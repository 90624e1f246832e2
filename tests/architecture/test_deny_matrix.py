"""Every address x every member of the cast x method: who is let in follows from the declared permission alone.

permissions.json is the list of all addresses with their permission; an address that is not on it fails the build.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from contacts.models import Customer
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.staff.models import User

LIST = Path(__file__).with_name("permissions.json")
CAST = ("rep", "agent", "marketer", "manager", "admin", "outsider")
# sign-in and account pages are the library's own; health and the first-run set-up have no sign-in by design;
# the API has a matrix of its own (tests/crm/api); what a secret address opens has its own tests
LIBRARY = ("accounts/", "setup/", "healthz", "readyz", "metrics", "api/", "calendar/feed/", "book/", "q/")
MISSING = 999_999_999


def routes(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield path, getattr(pattern.callback, "view_class", None)


def protected() -> dict[str, type[ProtectedView]]:
    return {path: view for path, view in routes() if not path.startswith(LIBRARY)}


def address(path: str) -> str:
    """An address of a record that does not exist: whoever may enter meets 404, nobody meets a record."""
    return "/" + re.sub(r"<int:\w+>", str(MISSING), re.sub(r"<(slug|str):\w+>", "nothing", path))


def test_every_address_stands_on_the_list_with_its_permission() -> None:
    declared = {path: getattr(view, "permission", "MISSING") for path, view in protected().items()}
    assert declared == json.loads(LIST.read_text())


def test_every_view_is_a_protected_view() -> None:
    assert [
        path for path, view in protected().items() if not (view and issubclass(view, ProtectedView))
    ] == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_enters_without_signing_in(
    method: str, customer: Customer, unchanged: Callable[[], None]
) -> None:
    unchanged()
    for path in protected():
        answer = getattr(Client(), method)(address(path))
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/accounts/login/"), path
    unchanged()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("member", CAST)
def test_the_permission_decides(
    member: str,
    method: str,
    customer: Customer,
    sign_in: Callable[[User], Client],
    unchanged: Callable[[], None],
    request: pytest.FixtureRequest,
) -> None:
    user: User = request.getfixturevalue(member)
    client = sign_in(user)
    client.raise_request_exception = True
    unchanged()
    for path, view in protected().items():
        answer = getattr(client, method)(address(path))
        entered = view.permission is None or allowed(user, view.permission)
        if entered:
            assert answer.status_code in (200, 302, 404, 405, 422), (
                f"{member} {method} {path}: {answer.status_code}"
            )
        else:
            assert answer.status_code == 403, f"{member} {method} {path}: {answer.status_code}"
    unchanged()


def test_looking_at_a_page_writes_nothing(
    admin: User, customer: Customer, sign_in: Callable[[User], Client], unchanged: Callable[[], None]
) -> None:
    client = sign_in(admin)
    unchanged()
    for path, view in protected().items():
        if "<" in path or not hasattr(view, "get"):
            continue
        for headers in ({}, {"HX-Request": "true"}):
            assert client.get(f"/{path}", headers=headers).status_code < 500, path
    unchanged()
