"""A GET of an address that only takes a POST leads to the page it belongs to; other errors keep the navigation."""

from collections.abc import Callable

import pytest
from django.test import Client

from contacts.models import Customer
from crm.staff.models import User

SignIn = Callable[[User], Client]


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/customers/{pk}/interactions/", "/customers/{pk}/"),
        ("/customers/{pk}/relationships/7/delete/", "/customers/{pk}/"),
        ("/orders/7/cancel/", "/orders/7/"),
        ("/tasks/7/done/", "/tasks/"),
        ("/attachments/7/delete/", "/customers/"),
    ],
)
def test_a_get_of_a_verb_leads_to_its_page(
    address: str, page: str, customer: Customer, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.get(address.format(pk=customer.pk))
    assert (answer.status_code, answer.headers["Location"]) == (302, page.format(pk=customer.pk))
    unchanged()


def test_other_methods_get_a_page_with_navigation(rep: User, sign_in: SignIn) -> None:
    answer = sign_in(rep).put("/customers/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert 'class="nav"' in answer.content.decode()


@pytest.mark.parametrize(("address", "status"), [("/customers/999999999/", 404), ("/model/", 403)])
def test_errors_have_navigation_and_search_for_the_signed_in(
    address: str, status: int, rep: User, sign_in: SignIn
) -> None:
    answer = sign_in(rep).get(address)
    assert answer.status_code == status
    page = answer.content.decode()
    assert 'class="nav"' in page
    assert 'action="/search/"' in page


def test_strangers_see_no_navigation() -> None:
    page = Client().get("/nowhere/").content.decode()
    assert 'class="nav"' not in page
    assert "There is nothing here" in page
