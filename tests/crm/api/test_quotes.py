"""Quotes by the API: made of a deal, sent once its PDF is there, taken back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contacts.services.customer import customer_create
from crm.mail.models import OutgoingMail
from crm.staff.models import User
from sales.models import Deal, Quote
from sales.services.quote_file import quote_file_make
from tests.crm.api.conftest import Api


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_quote_goes_its_way(admin: User, api: Api, make_deal: Callable[..., Deal]) -> None:
    customer = customer_create(
        actor=admin, values={"name": "Ada", "kind": "person"}, email="ada@sole.example"
    )
    deal, client = make_deal(admin, customer), api(admin)
    made = client.post("quotes/", {"deal": deal.pk})
    assert made.status_code == 201, made.content
    path = f"quotes/{made.json()['id']}/"
    assert [line["amount"] for line in made.json()["lines"]] == ["900.00"]
    assert client.post(f"{path}send/").status_code == 422
    quote_file_make(made.json()["id"])
    assert [client.post(f"{path}send/").status_code for _time in range(2)] == [200, 200]
    assert OutgoingMail.objects.get(kind="quote").to == "ada@sole.example"
    assert client.post(f"{path}revise/").json()["status"] == "replaced"
    newest = Quote.objects.get(edition=2)
    assert client.post(f"quotes/{newest.pk}/withdraw/").json()["status"] == "withdrawn"


def test_who_may_not_see_the_deal_meets_nothing(
    admin: User, narrow: User, api: Api, make_deal: Callable[..., Deal], unchanged: Callable[[], None]
) -> None:
    deal = make_deal(admin)
    quote = api(admin).post("quotes/", {"deal": deal.pk}).json()["id"]
    client = api(narrow)
    unchanged()
    assert client.get("quotes/").json()["results"] == []
    assert client.post("quotes/", {"deal": deal.pk}).status_code == 422
    for verb in ("send", "revise", "withdraw"):
        assert client.post(f"quotes/{quote}/{verb}/").status_code == 404
    unchanged()
