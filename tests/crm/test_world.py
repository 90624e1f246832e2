"""Codes are kept, names are shown."""

from collections.abc import Callable

from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_edit
from crm.staff.models import User
from crm.world import country_choices, country_name, language_choices, language_name

SignIn = Callable[[User], Client]


def test_codes_have_names_and_what_nobody_knows_stays_itself() -> None:
    assert (country_name("NO"), language_name("nb")) == ("Norway", "Norwegian Bokmål")
    assert (country_name("ZZ"), language_name("zz")) == ("ZZ", "zz")
    assert {len(code) for code, _name in country_choices()} == {0, 2}
    assert ("DE", "Germany") in country_choices()
    assert ("tr", "Turkish") in language_choices()


def test_record_and_history_tell_names(rep: User, customer: Customer, sign_in: SignIn) -> None:
    customer_edit(actor=rep, customer=customer, values={"country": "NO", "language": "nb"}, version=1)
    client = sign_in(rep)
    for tab in ("timeline", "history"):
        page = client.get(f"/customers/{customer.pk}/?tab={tab}").content.decode()
        assert "Norway" in page
        assert "Norwegian Bokmål" in page


def test_a_country_that_does_not_exist_is_refused_at_the_field(
    rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = client.post(
        f"/customers/{customer.pk}/properties/country/", {"country": "XX", "version": customer.version}
    )
    assert answer.status_code == 422
    unchanged()
