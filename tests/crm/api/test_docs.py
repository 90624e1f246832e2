"""The documentation: the document is valid and public, the page runs under its CSP, the examples do what they say."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.staff.models import User
from tests.crm.api.conftest import token_for

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api.md"
EXAMPLES = re.findall(r"```sh\n(.+?)\n```", PAGE.read_text(), re.DOTALL)


def test_the_document_is_valid_and_for_everybody(db: None) -> None:
    answer = Client().get("/api/schema/")
    assert answer.headers["Content-Type"].startswith("application/yaml")
    assert answer.content.startswith(b"openapi: 3")
    document = Client().get("/api/schema/?format=json").json()
    validate_schema(document)
    assert document["info"]["title"] == "Tenure"


def test_it_can_be_made_without_a_warning(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(tmp_path / "schema.yaml"))


def test_only_the_page_of_the_documentation_may_write_styles(db: None) -> None:
    page = Client().get("/api/docs/")
    assert page.status_code == 200
    policy = page.headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert b"<script>" not in page.content
    for path in ("/api/v1/me/", "/api/schema/", "/accounts/login/"):
        assert "unsafe" not in Client().get(path).headers["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_the_examples_work(rep: User, live_server: Any) -> None:
    assert len(EXAMPLES) >= 10
    customer: Customer = customer_create(actor=rep, values={"name": "Bo", "kind": "person", "city": "Bern"})
    _token, text = token_for(rep)
    known = {"URL": live_server.url, "TOKEN": text, "CUSTOMER": str(customer.pk), "PATH": os.environ["PATH"]}
    for example in EXAMPLES:
        command = f"{example} -o /dev/null -w '%{{http_code}}'"
        done = subprocess.run(
            ["sh", "-c", command], env=known, capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout in ("200", "201"), f"{example}: {done.stdout} {done.stderr}"
    customer.refresh_from_db()
    assert customer.city == "Thun"
    assert Customer.objects.get(name="Ada Lindqvist").tags.count() == 1
