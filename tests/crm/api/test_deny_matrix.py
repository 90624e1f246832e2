"""Every operation of the API x every member of the cast: who is let in follows from the declared permission alone.

operations.json is the list of all operations with their permission; one that is not on it fails the build.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from contacts.models import Customer
from crm.access.services import allowed, field_level
from crm.api.resources import parts_of, resources
from crm.staff.models import User
from tests.crm.api.conftest import Api, ApiClient

LIST = Path(__file__).with_name("operations.json")
CAST = ("rep", "agent", "marketer", "manager", "admin", "outsider")
MISSING = 999_999_999
CLOSED_BY_GROUP = {"consents": "privacy"}


@cache
def operations() -> dict[str, tuple[str, str]]:
    """(method, address below /api/v1/) by operation id."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    return {
        told["operationId"]: (method.upper(), path.removeprefix("/api/v1/"))
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    }


def declared() -> dict[str, str | None]:
    return json.loads(LIST.read_text())


def address(path: str) -> str:
    return re.sub(r"{\w+}", str(MISSING), path) + ("?kind=customers" if path.endswith("catalogue/") else "")


def ask(client: ApiClient, method: str, path: str) -> Any:
    data = {"POST": {}, "PATCH": {}}.get(method)
    return client.call(method, address(path), data, If_Match="*")


def test_every_operation_stands_on_the_list() -> None:
    assert operations().keys() == declared().keys()


def test_every_resource_is_declared_with_the_permission_of_the_list() -> None:
    verbs = {"list": "view", "retrieve": "view", "query": "view", "batch": "view"}
    for resource in resources().values():
        prefix = resource.name.replace("-", "_")
        for name, permission in declared().items():
            verb = name.removeprefix(f"{prefix}_")
            if name.startswith(f"{prefix}_") and verb not in [part.name for part in parts_of(resource)]:
                assert resource.permission(verbs.get(verb, verb)) == permission, name


def test_every_operation_tells_its_errors() -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)
    for methods in document["paths"].values():
        for method, told in methods.items():
            wanted = {"400", "401", "403", "404", "405", "429"}
            wanted |= {"409", "422"} if method in ("post", "patch", "delete") else set()
            wanted |= {"413", "415"} if "requestBody" in told else set()
            assert wanted <= told["responses"].keys(), told["operationId"]
            assert all(
                "application/problem+json" in told["responses"][status]["content"] for status in wanted
            )


def test_nobody_enters_without_signing_in(customer: Customer, unchanged: Callable[[], None]) -> None:
    client = ApiClient(None, "")
    unchanged()
    for method, path in operations().values():
        answer = ask(client, method, path)
        assert answer.status_code == 401, f"{method} {path}"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
    unchanged()


@pytest.mark.parametrize("member", CAST)
def test_the_permission_decides(
    member: str,
    customer: Customer,
    api: Api,
    unchanged: Callable[[], None],
    request: pytest.FixtureRequest,
) -> None:
    user: User = request.getfixturevalue(member)
    client = api(user)
    unchanged()
    for name, (method, path) in operations().items():
        answer, permission = ask(client, method, path), declared()[name]
        enters = permission is None or allowed(user, permission)
        group = CLOSED_BY_GROUP.get(path.split("/")[0])
        if group:
            levels = ("edit",) if name.endswith("create") else ("read", "edit")
            enters = enters and field_level(user, group) in levels
        expected = (200, 400, 404, 422) if enters else (403,)
        assert answer.status_code in expected, (
            f"{member} {method} {path}: {answer.status_code} {answer.content!r}"
        )
    unchanged()


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "DELETE", "PATCH", "POST", "GET"])
def test_a_method_that_is_not_listed_is_refused(
    method: str, admin: User, api: Api, unchanged: Callable[[], None]
) -> None:
    client = api(admin)
    known = set(operations().values())
    unchanged()
    for path in {path for _method, path in known}:
        if (method, path) not in known:
            answer = client.call(method, address(path), {})
            assert answer.status_code == 405, f"{method} {path}"
            assert set(answer.headers["Allow"].split(", ")) - {"HEAD"} == {
                one for one, other in known if other == path
            }
    unchanged()


def test_a_scope_takes_away_and_never_gives(
    admin: User, outsider: User, customer: Customer, api: Api
) -> None:
    reads = api(admin, scopes={"contacts.customer": "read"})
    assert reads.get(f"customers/{customer.pk}/").status_code == 200
    assert reads.patch(f"customers/{customer.pk}/", {"city": "Bern"}, If_Match="*").status_code == 403
    assert reads.get(f"customers/{customer.pk}/value/").status_code == 403
    assert "lifetime_value" not in reads.get(f"customers/{customer.pk}/").json()
    assert reads.get("customers/?sort=lifetime_value").status_code == 400
    assert reads.get("orders/").status_code == 403
    assert reads.get("views/").status_code == 403
    assert api(outsider).get("customers/").status_code == 403
