from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from crm.mail.models import MailAccount
from crm.mail.services.accounts import account_create
from crm.staff.models import User
from tests.crm.mail.imap_server import PASSWORD, Mailbox, imap_server


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with imap_server() as server:
        yield server


@pytest.fixture
def new_account(admin: User) -> Callable[..., MailAccount]:
    def create(
        server: Mailbox, name: str = "Support", password: str = PASSWORD, **values: Any
    ) -> MailAccount:
        given = {
            "name": name,
            "address": "support@tenure.example",
            "imap_host": "127.0.0.1",
            "imap_port": server.port,
            "imap_security": "none",
            "since_on": date(2026, 1, 1),
        }
        return account_create(actor=admin, values=given | values, password=password)

    return create


@pytest.fixture
def account(mailbox: Mailbox, new_account: Callable[..., MailAccount]) -> MailAccount:
    return new_account(mailbox)
