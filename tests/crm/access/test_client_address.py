"""Behind a proxy people keep their own address; without one nobody can claim another."""

from typing import Any

import pytest
from allauth.core.internal.httpkit import get_client_ip
from django.test import RequestFactory

from crm.audit.middleware import client_ip


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "", "127.0.0.1"),
    ],
)
def test_sign_in_and_audit_see_the_same_address(
    settings: Any, count: int, forwarded: str, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = count
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert client_ip(request) == get_client_ip(request) == address


def test_what_is_no_address_is_not_taken(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client_ip(RequestFactory().get("/", headers={"X-Forwarded-For": "me"})) == "127.0.0.1"
