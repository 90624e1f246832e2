"""What broke imports once: told by row and column before anything is written, with one JSON document."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from crm.imports.models import ImportRun
from crm.imports.services.run import fingerprint
from crm.money.models import ExchangeRate
from crm.staff.models import Team
from sales.models import Order, OrderLine
from tests.sales.test_import_orders import HEAD, run

pytestmark = pytest.mark.django_db
Write = Callable[[str | bytes], Path]


def problem(document: dict[str, Any]) -> tuple[int, str]:
    (found,) = document["problems"]
    return found["row"], found["column"]


@pytest.mark.parametrize(("amount", "quantity"), [("1000000000000", "1"), ("999999999999.99", "0.001")])
def test_the_largest_amount_is_kept_whatever_the_quantity(amount: str, quantity: str, write: Write) -> None:
    run(write(f"customer_id,ordered_on,amount,quantity\n1,2020-01-01,{amount},{quantity}\n"))
    line = OrderLine.objects.get()
    assert str(line.line_amount) == f"{float(amount):.2f}"
    assert line.unit_amount > 0


def test_an_amount_too_large_for_the_companys_currency_is_told(write: Write, unchanged: Any) -> None:
    ExchangeRate.objects.create(currency="EUR", valid_on="2019-01-01", rate=27_000)
    unchanged()
    document = run(write("customer_id,ordered_on,amount,currency\n1,2020-01-01,900000000000,EUR\n"), code=1)
    assert problem(document) == (2, "amount")
    unchanged()


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (b"1,2020-01-01,5,M\xfcller", (2, "name")),
        (b'1,2020-01-01,5,"' + b"x" * 1_100_000, (2, "")),
        (b'1,2020-01-01,5,"never closed', (2, "")),
        (b'1,2020-01-01,5,"closed" and more', (2, "")),
        (b"1,2020-01-01,5,a\0b", (2, "name")),
    ],
    ids=["latin-1", "endless line", "open quote", "text after a quote", "nul"],
)
def test_a_fault_in_the_first_row_is_told_there(
    row: bytes, place: tuple[int, str], write: Write, unchanged: Any
) -> None:
    unchanged()
    document = run(write(b"customer_id,ordered_on,amount,name\n" + row + b"\n"), code=1)
    assert problem(document) == place
    unchanged()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("email", "a@b..de"),
        ("email", "mailto:a@b.de"),
        ("email", "<a@b.de>"),
        ("email", "<script>@b.de"),
        ("name", "\u202eevil"),
        ("name", "\u200b"),
        ("quantity", "0"),
        ("quantity", "-1"),
    ],
)
def test_values_that_are_none_are_told_at_their_cell(
    column: str, value: str, write: Write, unchanged: Any
) -> None:
    unchanged()
    document = run(write(f"customer_id,ordered_on,amount,{column}\n1,2020-01-01,5,{value}\n"), code=1)
    assert problem(document) == (2, column)
    unchanged()


def test_addresses_that_people_have_are_good(write: Write) -> None:
    addresses = ("ada.l+shop@mail.example", "o'neil@x-y.co.uk", "müller@bücher.example", "a_b@x1.io")
    rows = "".join(f"{place},2020-01-01,5,{text}\n" for place, text in enumerate(addresses))
    assert run(write("customer_id,ordered_on,amount,email\n" + rows))["created"] == 4


def test_a_returned_row_may_have_a_negative_quantity(write: Write) -> None:
    run(write("customer_id,ordered_on,amount,quantity,status\n1,2020-01-01,-5,-1,returned\n"))
    assert Order.objects.get().amount == -5


@pytest.mark.parametrize("source", ["", "   ", "x" * 61, "a\tb"])
def test_a_source_that_names_nothing_is_refused(source: str, write: Write, unchanged: Any) -> None:
    unchanged()
    assert "error" in run(write(HEAD + "1,2020-01-01,5\n"), source=source, code=1)
    unchanged()


def test_blank_lines_before_the_header_do_no_harm(write: Write) -> None:
    assert run(write("\n \n" + HEAD + "1,2020-01-01,5\n"))["created"] == 1


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_utf_16_is_named_with_and_without_its_mark(encoding: str, write: Write) -> None:
    document = run(write((HEAD + "1,2020-01-01,5\n").encode(encoding)), code=1)
    assert "UTF-16" in document["problems"][0]["message"]


def test_old_line_breaks_are_named(write: Write) -> None:
    document = run(write(HEAD.strip() + "\r1,2020-01-01,5\r"), code=1)
    assert "carriage returns" in document["problems"][0]["message"]


def test_a_column_with_an_equals_sign_can_be_mapped(write: Write) -> None:
    path = write("customer_id,ordered_on,a=b\n1,2020-01-01,5\n")
    assert run(path, "--map", "a=b=amount")["created"] == 1


def test_a_second_command_leaves_the_same_file_to_the_first(write: Write, unchanged: Any) -> None:
    path = write(HEAD + "1,2020-01-01,5\n")
    lock = "SELECT pg_advisory_lock(hashtextextended('command:' || %s, 0))"
    known = connection.settings_dict
    address = {key: known[name] for key, name in (("host", "HOST"), ("port", "PORT"), ("user", "USER"))}
    unchanged()
    with psycopg.connect(dbname=known["NAME"], password=known["PASSWORD"], **address) as other:
        other.execute(lock, [fingerprint_of(path)])
        assert "another command" in run(path, code=1)["error"]
    unchanged()
    assert run(path)["created"] == 1


def fingerprint_of(path: Path) -> str:
    from_columns = {"customer_id": "customer_id", "ordered_on": "ordered_on", "amount": "amount"}
    return fingerprint(path, ImportRun(kind="order", source="shop", mapping=from_columns))


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("value_refresh", ["--as-of", "1997-02-30"]),
        ("value_backtest", ["--as-of", "foo", "--horizon-days", "90"]),
        ("value_backtest", ["--as-of", "9999-12-31", "--horizon-days", "90"]),
        ("value_backtest", ["--as-of", "2020-01-01", "--horizon-days", "3000000"]),
        ("value_backtest", ["--as-of", "2020-01-01", "--horizon-days", "0"]),
        ("value_backtest", ["--as-of", "2020-01-01", "--horizon-days", "90"]),
    ],
)
def test_commands_that_fail_leave_one_document_and_exit_with_1(
    command: str, options: list[str], root: Team
) -> None:
    out, told = StringIO(), StringIO()
    with pytest.raises(SystemExit) as end:
        call_command(command, *options, "--json", stdout=out, stderr=told)
    assert end.value.code == 1
    assert json.loads(out.getvalue())["error"].strip() == told.getvalue().strip()


def test_any_name_that_is_text_is_a_good_name(write: Write) -> None:
    path = write(HEAD + "1,2020-01-01,5\n")
    odd = path.rename(path.with_name("Bestellungen\u00a0Jänner \u202f2026.csv"))
    assert run(odd)["created"] == 1


def test_a_path_that_is_no_text_is_refused(write: Write, unchanged: Any) -> None:
    path = write(HEAD + "1,2020-01-01,5\n")
    broken = path.rename(path.with_name("orders\udcff.csv"))
    unchanged()
    assert "UTF-8" in run(broken, code=1)["error"]
    unchanged()
