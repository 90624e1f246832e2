"""Whatever is sent: a problem document that says what was wrong, and nothing is written."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from contacts.models import Customer
from crm.staff.models import User
from tests.crm.api.conftest import Api

LARGE = 2**70
DEEP = json.dumps({"rule": None}).replace("null", '{"not":' * 1000 + "{}" + "}" * 1000)
BODIES: list[tuple[str, Any, int]] = [
    ("nothing", b"", 422),
    ("no JSON", b"{", 400),
    ("no text", b"\xff\xfe{}", 400),
    ("a list", b"[]", 422),
    ("a number", b"5", 422),
    ("null", b"null", 422),
    ("NaN", b'{"name": NaN}', 400),
    ("NUL", b'{"name": "a\\u0000b"}', 400),
    ("half a pair", b'{"name": "\\ud800"}', 400),
    ("half a pair in a key", b'{"\\udfff": 1}', 400),
    ("deep", b"[" * 100_000, 400),
    ("deep but closed", b'{"custom":' * 500 + b"{}" + b"}" * 500, 400),
    ("many digits", b'{"name": ' + b"9" * 10_000 + b"}", 400),
    ("large number", b'{"name": "Bo", "owner": %d}' % LARGE, 422),
    ("negative id", b'{"name": "Bo", "owner": -1}', 422),
    ("true as id", b'{"name": "Bo", "owner": true}', 422),
    ("number as text", b'{"name": 5}', 422),
    ("list as text", b'{"name": ["Bo"]}', 422),
    ("invisible name", '{"name": "a\u202eb"}'.encode(), 422),
    ("empty name", b'{"name": "  "}', 422),
    ("long name", b'{"name": "%s"}' % (b"x" * 201), 422),
    ("unknown field", b'{"name": "Bo", "is_admin": true}', 422),
    ("read-only field", b'{"name": "Bo", "version": 5}', 422),
    ("country of nowhere", b'{"name": "Bo", "country": "XX"}', 422),
    ("custom that is none", b'{"name": "Bo", "custom": {"x": 1}}', 422),
    ("custom as list", b'{"name": "Bo", "custom": []}', 422),
]


@pytest.mark.parametrize(("name", "body", "status"), BODIES, ids=[name for name, _body, _status in BODIES])
def test_a_body_that_cannot_be_taken(
    name: str, body: bytes, status: int, rep: User, api: Api, unchanged: Callable[[], None]
) -> None:
    client = api(rep)
    unchanged()
    answer = client.post("customers/", body)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    unchanged()


FORMS = ["text/plain", "application/xml", "multipart/form-data; boundary=x", "x", ""]
FORMS += ["application/x-www-form-urlencoded"]


@pytest.mark.parametrize("kind", FORMS)
def test_only_json_is_taken(kind: str, rep: User, api: Api, unchanged: Callable[[], None]) -> None:
    client = api(rep)
    unchanged()
    answer = client.post("customers/", b'{"name": "Bo"}', Content_Type=kind)
    assert answer.status_code == 415
    unchanged()


def test_a_huge_body_is_refused_unread(rep: User, api: Api, unchanged: Callable[[], None]) -> None:
    client = api(rep)
    unchanged()
    answer = client.post("customers/", b'{"name": "' + b"x" * (6 * 1024 * 1024) + b'"}')
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    unchanged()


QUESTIONS = [
    "nothing=1", "city__gt=5", "city__regex=.*", "lifetime_value__gte=x", "lifetime_value__gte=1e400", "owner=x",
    f"owner={LARGE}", f"id={LARGE}", "id=1,x", "sort=city", "sort=owner__password", "sort=-", "limit=0", "limit=201",
    "limit=-1", "limit=x", "limit=" + "9" * 500, "cursor=x", "cursor=aW10", "fields=password", "fields=owner__email",
    "rule={", "rule={%22field%22:%22password%22,%22op%22:%22is%22,%22value%22:%22x%22}", "city=%00", "%00=1",
    "last_order_on__gte=2026-13-01", "last_order_on__within=2026-01-01", "updated_at__gte=2026-01-01T00:00:00",
    "updated_at__gte=2026-01-01T99:00:00Z", "updated_at__gte=9999-12-31T23:59:59-14:00", "kind=robot",
    "last_order_on__in_last=5", "created_at__in_last=999999999-year", "owner__password=x", "city=" + "x" * 600,
    "custom.size=1", "lifetime_value__between=1",
]  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_that_cannot_be_asked(question: str, rep: User, customer: Customer, api: Api) -> None:
    answer = api(rep).get(f"customers/?{question}")
    assert answer.status_code == 400, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


ANSWERS = [
    "city=Bern&city__contains=er", "lifetime_value__gte=100&lifetime_value__lt=5e3", "owner=me", "owner=me,5",
    "kind=person,organisation", "last_order_on__lte=2026-01-01", "updated_at__gte=2026-01-01T00:00:00%2B01:00",
    "created_at__in_last=30-day", "created_at__in_period=this_year", "city__empty=true", "lead_status__empty=false",
    "lifetime_value__between=1,5", "last_order_on__within=2026-01-01,2026-02-01", "tags__none_of=5",
    "email__contains=ada", "q=%22%27)", "q=", "id=1,2", "rule=", "count=true&limit=200", "fields=",
    "fields=custom", "sort=-lifetime_value",
]  # fmt: skip


@pytest.mark.parametrize("question", ANSWERS)
def test_questions_that_can_be_asked(question: str, rep: User, customer: Customer, api: Api) -> None:
    answer = api(rep).get(f"customers/?{question}")
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize("name", ["email__contains", "name", "id"])
def test_a_filter_is_not_repeated_without_end(name: str, rep: User, api: Api) -> None:
    answer = api(rep).get("customers/?" + "&".join(f"{name}={number}" for number in range(1, 402)))
    assert answer.status_code == 400
    assert "at most 40 parameters" in answer.json()["detail"]


@pytest.mark.parametrize("pk", [0, LARGE, 2**63, 2**63 - 1])
def test_ids_beyond_every_record_are_not_found(pk: int, admin: User, api: Api) -> None:
    client = api(admin)
    for path in (
        "customers/{}/",
        "customers/{}/value/",
        "tasks/{}/",
        "views/{}/",
        "views/{}/rows/",
        "orders/{}/",
    ):
        assert client.get(path.format(pk)).status_code == 404
    for path in ("tasks/{}/complete/", "customers/{}/restore/", "views/{}/restore/"):
        assert client.post(path.format(pk)).status_code == 404


def test_an_address_that_does_not_exist_is_told_as_a_problem(rep: User, api: Api) -> None:
    for path in ("nothing/", "customers/x/", "customers/-1/", "%00/"):
        answer = api(rep).get(path)
        assert answer.status_code == 404, path
        assert answer.json()["type"] == "urn:tenure:problem:404"


RULES: list[tuple[Any, int]] = [
    ({"field": "password", "op": "is", "value": "x"}, 422),
    ({"field": "city", "op": "regex", "value": ".*"}, 422),
    ({"field": "city", "op": "is", "value": 5}, 422),
    ({"all": "x"}, 422),
    ({"related": "orders", "op": "sum_at_least", "value": LARGE, "of": "amount"}, 422),
    ([], 422),
    ("x", 422),
]


@pytest.mark.parametrize(("rule", "status"), RULES)
def test_a_rule_that_cannot_be_asked(
    rule: Any, status: int, rep: User, api: Api, unchanged: Callable[[], None]
) -> None:
    client = api(rep)
    unchanged()
    answer = client.post("customers/query/", {"rule": rule})
    assert answer.status_code == status, answer.content
    assert answer.json()["errors"]
    unchanged()


def test_a_rule_of_a_thousand_levels(rep: User, api: Api) -> None:
    assert api(rep).post("customers/query/", DEEP.encode()).status_code == 400


def test_what_is_wrong_with_a_rule_is_told_with_its_place(rep: User, api: Api) -> None:
    rule = {
        "all": [{"field": "city", "op": "is", "value": "Bern"}, {"field": "gone", "op": "is", "value": "x"}]
    }
    told = api(rep).post("rules/check/", {"kind": "customers", "rule": rule}).json()
    assert told["problems"] == [
        {"place": [1], "text": 'There is no field "gone" any more, or you may not see it.'}
    ]
    assert "count" not in told
    assert api(rep).post("rules/check/", {"kind": "passwords"}).status_code == 422


def test_a_batch_tells_each_of_its_own(rep: User, customer: Customer, api: Api) -> None:
    operations = [
        {"op": "create", "body": {"name": "Bo"}},
        {"op": "create", "body": {"name": ""}},
        {"op": "edit", "id": customer.pk, "version": 1, "body": {"city": "Bern"}},
        {"op": "edit", "id": customer.pk, "version": 1, "body": {"city": "Rome"}},
        {"op": "edit", "id": customer.pk, "body": {"city": "Rome"}},
        {"op": "delete", "id": LARGE // 2**20, "version": 1},
        {"op": "explode", "id": customer.pk},
        {"op": "edit"},
    ]
    answer = api(rep).post("customers/batch/", {"operations": operations})
    assert answer.status_code == 200, answer.content
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [201, 422, 200, 412, 428, 404, 422, 422]
    assert results[2]["etag"] == '"2"'
    assert results[3]["body"]["current"]["city"] == "Bern"


def test_all_or_nothing(rep: User, customer: Customer, api: Api, unchanged: Callable[[], None]) -> None:
    client = api(rep)
    unchanged()
    operations = [
        {"op": "create", "body": {"name": "Bo"}},
        {"op": "create", "body": {}},
        {"op": "delete", "id": 1},
    ]
    answer = client.post(
        "customers/batch/", {"all_or_nothing": True, "operations": operations}, Idempotency_Key="b"
    )
    assert answer.status_code == 422
    assert [result["status"] for result in answer.json()["results"]] == [424, 422, 424]
    unchanged()


@pytest.mark.parametrize("count", [0, 201])
def test_a_batch_has_one_to_200_operations(
    count: int, rep: User, api: Api, unchanged: Callable[[], None]
) -> None:
    client = api(rep)
    unchanged()
    operations = [{"op": "create", "body": {"name": "Bo"}}] * count
    assert client.post("customers/batch/", {"operations": operations}).status_code == 422
    unchanged()
