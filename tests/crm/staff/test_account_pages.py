"""The account pages speak the words of the house, and only what people may do themselves is open."""

import gettext
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from crm.staff.models import User
from crm.staff.user_agents import browser_name

SignIn = Callable[[User], Client]
WORDS = Path(__file__).resolve().parents[3] / "locale" / "en" / "LC_MESSAGES"


@pytest.mark.parametrize("address", ["/accounts/email/", "/accounts/signup/", "/accounts/confirm-email/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up_or_changes_an_address(
    method: str, address: str, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    signed_in = sign_in(rep)
    unchanged()
    for client in (signed_in, Client()):
        assert getattr(client, method)(address, {"email": "me@else.example"}).status_code == 404
    unchanged()


def signed_in_by_password(user: User, agent: str = "") -> Client:
    user.set_password("correct horse battery")
    user.save()
    client = Client(headers={"User-Agent": agent})
    client.post("/accounts/login/", {"login": user.email, "password": "correct horse battery"})
    return client


def test_pages_of_the_library_use_our_words(rep: User) -> None:
    client = signed_in_by_password(rep)
    page = client.get("/accounts/2fa/").content.decode()
    assert "Two-step sign-in" in page
    assert "No passkey has been added." in page
    page = client.get("/accounts/password/change/").content.decode()
    assert "Current password" in page
    assert "Current Password" not in page
    assert "Reset your password" in Client().get("/accounts/password/reset/").content.decode()


def test_the_compiled_words_are_the_written_ones() -> None:
    with (WORDS / "django.mo").open("rb") as file:
        known = gettext.GNUTranslations(file)
    written = re.findall(r'^msgid (".+")\nmsgstr (".+")$', (WORDS / "django.po").read_text(), re.MULTILINE)
    assert len(written) > 50
    for entry in written:
        key, text = (part[1:-1].replace('\\"', '"') for part in entry)
        assert known.gettext(key) == text


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/141.0.0.0 Safari/537.36 Edg/141.0",
            "Edge on macOS",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("", "Unknown browser"),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_words(user_agent: str, words: str) -> None:
    assert browser_name(user_agent) == words


def test_sessions_are_told_in_words(rep: User) -> None:
    client = signed_in_by_password(rep, "Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0 Safari/537.36")
    page = client.get("/accounts/sessions/").content.decode()
    assert "Chrome on Linux" in page
    assert "this one" in page
