from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from crm.mail.configuration import mail_settings


def read(monkeypatch: pytest.MonkeyPatch, *, demo: bool = False, **variables: str) -> dict[str, Any]:
    for name in ("URL", "HOST", "PORT", "USER", "PASSWORD", "SECURITY"):
        monkeypatch.delenv(f"EMAIL_{name}", raising=False)
    monkeypatch.setenv("MAIL_FROM", "Tenure <crm@example.com>")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return mail_settings(demo=demo, var_dir=Path("/nowhere"))


def test_an_address_says_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, EMAIL_URL="smtp://me%40example.com:p%2Fw@mail.example.com")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.com", 587)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@example.com", "p/w")
    assert found["EMAIL_USE_TLS"] is True
    assert found["MAIL_DOMAIN"] == "example.com"


def test_so_do_single_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"EMAIL_USER": "me@example.com", "EMAIL_PASSWORD": "a:b/c?d#ü", "EMAIL_SECURITY": "tls"}
    found = read(monkeypatch, EMAIL_HOST="mail.example.com", **values)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@example.com", "a:b/c?d#ü")
    assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"]) == (465, True)


def test_a_service_has_its_secret_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, EMAIL_URL="mailgun://key-1@mg.example.com")
    assert found["MAIL_BACKEND"] == "anymail.backends.mailgun.EmailBackend"
    assert found["ANYMAIL"]["MAILGUN_SENDER_DOMAIN"] == "mg.example.com"


def test_nothing_said_means_that_mails_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch)["MAIL_BACKEND"] == ""


def test_the_demo_has_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, demo=True)["MAIL_FOLDER"] == Path("/nowhere/mail")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"EMAIL_URL": "imap://mail.example.com"}, "begins with none of"),
        ({"EMAIL_URL": "smtp://mail.example.com:many"}, "cannot be read"),
        ({"EMAIL_URL": "smtp://"}, "names no server"),
        ({"EMAIL_URL": "postmark://"}, "holds no POSTMARK_SERVER_TOKEN"),
        ({"EMAIL_URL": "smtp+plain://me:secret@mail.example.com"}, "unencrypted"),
        ({"EMAIL_URL": "smtp://mail.example.com", "MAIL_FROM": ""}, "MAIL_FROM is not an address"),
        ({"EMAIL_HOST": "mail.example.com", "EMAIL_SECURITY": "some"}, "none of starttls, tls, none"),
    ],
)
def test_what_cannot_be_read_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence):
        read(monkeypatch, **variables)
