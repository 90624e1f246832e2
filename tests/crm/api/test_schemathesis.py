"""Every operation with made-up requests: never a server error, always a status and a document that the schema tells."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from contacts.models import Customer
from crm.staff.models import User
from crm.wsgi import application
from tests.crm.api.conftest import token_for

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
BOUNDED = settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def document(db: None) -> Iterator[Any]:
    """The schema; from then on requests end without closing the connection, whose transaction is that of the test."""
    found = Client().get("/api/schema/?format=json").json()
    asked = (request_started, request_finished)
    for signal in asked:
        signal.disconnect(close_old_connections)
    yield found
    for signal in asked:
        signal.connect(close_old_connections)


@pytest.mark.slow
def test_the_whole_schema(admin: User, customer: Customer, place_order: Any, document: Any) -> None:
    place_order(admin, customer)
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    _token, text = token_for(admin)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 60
    headers = {"Authorization": f"Bearer {text}", "Host": "testserver", "Accept-Encoding": "identity"}
    for operation in operations:
        ask(operation, headers)


def ask(operation: Any, headers: dict[str, str]) -> None:
    @BOUNDED
    @given(case=operation.as_strategy())
    def answers(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    answers()
