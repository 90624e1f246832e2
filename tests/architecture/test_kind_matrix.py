"""The addresses that serve every kind of record x kind x cast x method: the permission of the kind decides."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from contacts.models import Customer
from crm.access.services import allowed
from crm.lists.kind_view import KindView
from crm.records.kinds import kinds
from crm.staff.models import User
from tests.architecture.test_deny_matrix import CAST, MISSING, protected

PATHS = {path: view for path, view in protected().items() if issubclass(view, KindView)}


def address(path: str, kind: str) -> str:
    path = path.replace("<slug:kind>", kind).replace("<str:field>", "owner")
    return "/" + re.sub(r"<int:\w+>", str(MISSING), re.sub(r"<(slug|str):\w+>", "nothing", path))


@pytest.mark.parametrize("member", CAST)
def test_the_permission_of_the_kind_decides(
    member: str,
    customer: Customer,
    sign_in: Callable[[User], Client],
    unchanged: Callable[[], None],
    request: pytest.FixtureRequest,
) -> None:
    user: User = request.getfixturevalue(member)
    client = sign_in(user)
    unchanged()
    for path, view in PATHS.items():
        for kind in (kind for kind in kinds().values() if kind.list_url):
            for method in ("get", "post"):
                place = address(path, kind.slug)
                status = getattr(client, method)(place).status_code
                if allowed(user, kind.permission(view.action)):
                    assert status in (200, 302, 404, 405, 422), f"{member} {method} {place}: {status}"
                else:
                    assert status == 403, f"{member} {method} {place}: {status}"
    unchanged()


def test_a_kind_without_a_list_is_only_asked_about(admin: User, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(admin)
    for path, view in PATHS.items():
        status = client.get(address(path, "sales-orderline")).status_code
        assert status in ((302, 404) if view.needs_list else (200, 404)), path


@pytest.mark.parametrize("kind", ["nothing", "contacts-interaction-x", "auth-user", "contacts", "-"])
def test_what_is_no_kind_is_not_found(kind: str, admin: User, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(admin)
    for path in PATHS:
        assert client.get(address(path, kind)).status_code in (302, 404), path
