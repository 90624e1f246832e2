from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from contacts.models import Customer
from crm.audit.models import AuditEntry
from crm.company.models import Company
from crm.money.models import ExchangeRate
from crm.money.pasting import MOST_LINES, read_day, read_number, read_rates
from crm.money.selectors import rows_reckoned
from crm.money.services import base_amount
from crm.staff.models import User
from sales.models import Order

SignIn = Callable[[User], Client]
Unchanged = Callable[[], None]


def paste(client: Client, table: str, direction: str = "own") -> int:
    return client.post("/settings/rates/paste/", {"table": table, "direction": direction}).status_code


def stored() -> dict[tuple[str, str], Decimal]:
    return {
        (rate.currency, rate.valid_on.isoformat()): rate.rate.normalize()
        for rate in ExchangeRate.objects.all()
    }


@pytest.mark.parametrize(
    "table",
    [
        "Day\tCurrency\tRate\n2026-01-31\tSEK\t0.0911\n2026-01-31\tEUR\t1.08",
        "2026-01-31;SEK;0,0911\n\n2026-01-31;EUR;1,08",
        "SEK 0.0911 31.01.2026\nEUR 1.08 31/01/2026",
        "2026-01-31,SEK,0.0911\n2026-01-31,EUR,1.08",
    ],
)
def test_a_pasted_table_is_read_as_people_write_it(
    table: str, admin: User, company: Company, sign_in: SignIn
) -> None:
    assert paste(sign_in(admin), table) == 302
    assert stored() == {("SEK", "2026-01-31"): Decimal("0.0911"), ("EUR", "2026-01-31"): Decimal("1.08")}
    assert AuditEntry.objects.get(action="money.rate.paste").after == {
        "rows": 2,
        "currencies": ["EUR", "SEK"],
    }


def test_a_table_of_what_ours_buys_is_turned_round(admin: User, sign_in: SignIn) -> None:
    paste(sign_in(admin), "2026-01-31 SEK 10", "inverse")
    assert stored() == {("SEK", "2026-01-31"): Decimal("0.1")}


def test_the_rate_of_a_day_is_replaced(admin: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    paste(client, "2026-01-31 SEK 10")
    paste(client, "2026-01-31 SEK 11\n2026-02-28 SEK 12")
    assert stored() == {("SEK", "2026-01-31"): Decimal(11), ("SEK", "2026-02-28"): Decimal(12)}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2026-01-31 XXX 1", "No currency"),
        ("2026-01-31 USD 1", "own currency"),
        ("2026-02-30 SEK 1", "No day"),
        ("2026-01-31 SEK", "No rate"),
        ("2026-01-31 SEK -1", "No rate"),
        ("2026-01-31 SEK 0", "greater than zero"),
        ("2026-01-31 SEK 1e5", "No rate"),
        ("2026-01-31 SEK 99999999999", "greater than zero"),
        ("2026-01-31 SEK 0.000000001", "too small"),
        ("=1+1;SEK;2026-01-31", "No rate"),
    ],
)
def test_one_bad_line_and_nothing_is_taken(
    line: str, words: str, admin: User, sign_in: SignIn, unchanged: Unchanged
) -> None:
    client = sign_in(admin)
    unchanged()
    answer = client.post(
        "/settings/rates/paste/", {"direction": "own", "table": f"2026-01-31 EUR 1.08\n{line}"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Line 2:" in page
    assert words in page
    unchanged()


def test_a_table_has_an_end() -> None:
    text = "2026-01-31 SEK 1\n" * (MOST_LINES + 1)
    assert read_rates(text, own="USD", inverse=False, style="")[1][0].line == MOST_LINES + 1


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("0,5", "0.5"), ("1'234.5", "1234.5")],
)
def test_the_last_mark_is_the_decimal_one(text: str, value: str) -> None:
    assert read_number(text) == Decimal(value)


def test_days_are_read_in_the_company_s_order() -> None:
    assert read_day("03/04/2026", "") == date(2026, 4, 3)
    assert read_day("03/04/2026", "slashes-month-first") == date(2026, 3, 4)


def test_a_rate_counts_at_once(admin: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    data = {"currency": "SEK", "valid_on": "2026-01-31", "rate": "0.1"}
    assert client.post("/settings/rates/new/", data).status_code == 302
    assert base_amount(Decimal(100), "SEK", date(2026, 2, 1)) == Decimal("10.00")
    answer = client.post("/settings/rates/new/", data)
    assert answer.status_code == 422
    assert "already" in answer.content.decode()


def test_removing_a_rate_says_what_it_reckoned(
    admin: User, rep: User, customer: Customer, place_order: Callable[..., Order], sign_in: SignIn
) -> None:
    client, order = sign_in(admin), place_order(rep, customer)
    Order.objects.filter(pk=order.pk).update(currency="SEK", placed_on=date(2026, 2, 10))
    rates = [
        ExchangeRate.objects.create(currency="SEK", valid_on=day, rate=1)
        for day in (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
    ]
    assert [rows_reckoned(rate) != [] for rate in rates] == [False, True, False]
    page = client.get(f"/settings/rates/{rates[1].pk}/").content.decode()
    assert "Orders: 1" in page
    assert "use the rate of 1 Jan 2026" in page
    assert (
        "there is no earlier rate" in client.get(f"/settings/rates/{rates[0].pk}/").content.decode().lower()
    )
    client.post(f"/settings/rates/{rates[1].pk}/delete/")
    assert ExchangeRate.objects.count() == 2
    order.refresh_from_db()
    assert order.base_amount == Decimal("40.00")


def test_only_those_who_may_write_rates(rep: User, manager: User, sign_in: SignIn) -> None:
    for member in (rep, manager):
        assert sign_in(member).get("/settings/rates/").status_code == 403
        assert paste(sign_in(member), "2026-01-31 SEK 1") == 403
