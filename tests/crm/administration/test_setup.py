import logging
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from crm.administration import setup
from crm.administration.setup import SetUpAlready, set_up
from crm.company.models import Company
from crm.company.selectors import forget_company
from crm.money.models import ExchangeRate
from crm.staff.models import User
from tests.crm.company.test_company_edit import PNG

PASSWORD = "correct horse battery"
FORM = {
    "name": "Halden & Ruiz",
    "you-name": "Nia Okoro",
    "you-email": "Nia@halden.example",
    "you-password": PASSWORD,
    "you-again": PASSWORD,
    "country": "NO",
    "currency": "NOK",
    "time_zone": "Europe/Oslo",
    "week_start": "0",
    "number_style": "space-comma",
    "date_style": "dots",
    "rates": "2026-03-14 EUR 11.2",
}


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    setup.Told.link = False


@pytest.fixture
def stranger() -> Client:
    return Client(REMOTE_ADDR="203.0.113.7")


def token() -> str:
    out = StringIO()
    call_command("setup_link", stdout=out)
    return out.getvalue().strip().partition("token=")[2]


@pytest.mark.parametrize(
    ("languages", "country", "currency"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", "CH", "CHF"),
        ("nb,en-GB;q=0.5", "GB", "GBP"),
        ("fr", "US", "USD"),
        ("*", "US", "USD"),
        ("xx-ZZ, " + "a" * 900, "US", "USD"),
        ("", "US", "USD"),
    ],
)
def test_it_begins_with_the_country_of_the_reader(
    db: None, languages: str, country: str, currency: str
) -> None:
    page = Client().get("/setup/", headers={"Accept-Language": languages})
    form = page.context["form"]
    assert (form["country"].value(), form["currency"].value()) == (country, currency)
    assert "own_zone" in page.content.decode()


def test_what_was_typed_is_not_guessed_at_again(db: None) -> None:
    page = Client().post("/setup/", FORM | {"name": ""}, headers={"Accept-Language": "de-CH"})
    assert page.status_code == 422
    assert page.context["form"]["country"].value() == "NO"
    assert "own_zone" not in page.content.decode()


def test_an_empty_installation_opens_with_the_set_up(db: None) -> None:
    page = Client().get("/", follow=True)
    assert page.redirect_chain[-1][0] == "/setup/"
    assert "Set up Tenure" in page.content.decode()


def test_the_company_and_its_first_administrator_are_written(db: None) -> None:
    client = Client()
    data = FORM | {"logo": SimpleUploadedFile("logo.png", PNG)}
    answer = client.post("/setup/", data)
    assert answer.headers["Location"] == "/accounts/welcome/"
    company = Company.objects.get()
    assert (company.name, company.currency, company.number_style) == ("Halden & Ruiz", "NOK", "space-comma")
    assert company.logo_kind == "png"
    assert ExchangeRate.objects.get().currency == "EUR"
    user = User.objects.get()
    assert (user.email, user.name) == ("nia@halden.example", "Nia Okoro")
    assert [role.key for role in user.roles.all()] == ["administrator"]
    forget_company()
    assert client.get("/settings/people/").status_code == 200
    assert Client().get("/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")


@pytest.mark.parametrize("method", ["get", "post"])
def test_once_somebody_works_here_it_refuses(
    method: str, outsider: User, unchanged: Callable[[], None]
) -> None:
    unchanged()
    for client in (Client(), Client(REMOTE_ADDR="203.0.113.7")):
        assert getattr(client, method)("/setup/", FORM).status_code == 410
    unchanged()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_sets_it_up() -> None:
    barrier, refused = threading.Barrier(3), []

    def work(name: str) -> None:
        barrier.wait()
        values = {"name": name, "currency": "EUR"}
        try:
            set_up(
                company=values, rates=[], logo=None, name=name, email=f"{name}@x.example", password=PASSWORD
            )
        except SetUpAlready as fault:
            refused.append(fault)
        connections.close_all()

    threads = [threading.Thread(target=work, args=[f"n{place}"]) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 2
    assert User.objects.count() == 1
    assert Company.objects.get().name == User.objects.get().name


def test_a_stranger_needs_the_link(
    db: None, stranger: Client, unchanged: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    unchanged()
    with caplog.at_level(logging.WARNING):
        assert stranger.get("/setup/").status_code == 403
        assert stranger.post("/setup/", FORM).status_code == 403
        assert stranger.post("/setup/", FORM | {"token": "forged"}).status_code == 403
    unchanged()
    told = [record.getMessage() for record in caplog.records if "/setup/?token=" in record.getMessage()]
    assert len(told) == 1
    assert stranger.get("/setup/?token=" + told[0].partition("token=")[2].split(" ")[0]).status_code == 200


def test_with_the_link_a_stranger_sets_it_up(db: None, stranger: Client) -> None:
    key = token()
    page = stranger.get(f"/setup/?token={key}")
    assert f'name="token" value="{key}"' in page.content.decode()
    assert stranger.post("/setup/", FORM | {"token": key}).status_code == 302


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_a_proxy_on_this_machine_is_not_this_machine(header: str, db: None) -> None:
    assert Client(headers={header: "203.0.113.7"}).get("/setup/").status_code == 403


def test_a_server_that_listens_to_the_world_asks_even_itself(db: None, settings: Any) -> None:
    settings.LOOPBACK = False
    assert Client().get("/setup/").status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"you-password": "short", "you-again": "short"}, "at least 10"),
        ({"you-again": "else"}, "differ"),
        ({"you-email": "nobody"}, "valid email"),
        ({"currency": "XXX"}, "valid choice"),
        ({"rates": "2026-03-14 NOK 1"}, "own currency"),
        ({"logo": SimpleUploadedFile("a.png", b"<svg/>")}, "no PNG"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    changes: dict[str, Any], words: str, db: None, unchanged: Callable[[], None]
) -> None:
    unchanged()
    answer = Client().post("/setup/", FORM | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    unchanged()


def test_the_command_says_when_there_is_nothing_to_set_up(outsider: User) -> None:
    with pytest.raises(CommandError, match="is set up"):
        call_command("setup_link")
