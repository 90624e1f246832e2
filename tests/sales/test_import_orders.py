"""The command `import_orders`: what it takes, what it refuses, and that nothing is half-written."""

import json
import random
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import lifetimes
import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone

from contacts.models import ContactPoint, Customer, DirtyCustomer, ExternalId
from crm.audit.models import AuditEntry
from crm.imports.models import ImportRun
from crm.money.models import ExchangeRate
from crm.search.models import SearchRow
from crm.staff.models import Team
from sales.models import Order, OrderLine

pytestmark = pytest.mark.django_db
Write = Callable[[str | bytes], Path]
HEAD = "customer_id,ordered_on,amount\n"


def run(path: Path, *options: str, code: int = 0, source: str = "shop") -> dict[str, Any]:
    out = StringIO()
    try:
        call_command(
            "import_orders", str(path), "--source", source, "--json", *options, stdout=out, stderr=StringIO()
        )
        ended = 0
    except SystemExit as end:
        ended = int(end.code or 0)
    document: dict[str, Any] = json.loads(out.getvalue())
    assert ended == code, document
    return document


def state() -> list[Any]:
    return [
        list(Order.objects.order_by("id").values_list()),
        list(OrderLine.objects.order_by("id").values_list()),
        list(Customer.objects.order_by("id").values_list()),
        list(ExternalId.objects.order_by("id").values_list()),
        list(SearchRow.objects.order_by("id").values_list("object_type", "object_id", "text")),
        AuditEntry.objects.count(),
    ]


def test_orders_come_with_their_customers_and_everything_about_them(write: Write) -> None:
    path = write(
        "customer_id,ordered_on,amount,quantity,email,name\n7,2026-01-31,12.50,2,Ada@Shop.example,Ada Łoś\n"
    )
    document = run(path)
    assert (document["created"], document["customers_created"], document["rows"]) == (1, 1, 1)
    order = Order.objects.get()
    assert (order.amount, order.base_amount, order.currency, order.status) == (Decimal("12.50"),) * 2 + (
        "USD",
        "placed",
    )
    assert str(order.placed_on) == "2026-01-31"
    assert order.placed_at.isoformat() == "2026-01-31T11:00:00+00:00"  # noon in Berlin
    customer = Customer.objects.get()
    assert (customer.name, customer.sort_name) == ("Ada Łoś", "ada los")
    assert order.payer_id == order.customer_id == customer.pk
    assert ContactPoint.objects.get().value == "ada@shop.example"
    assert "los" in SearchRow.objects.get(object_type="contacts.customer").text.split()
    assert OrderLine.objects.get().unit_amount == Decimal("6.25")
    assert set(AuditEntry.objects.values_list("object_type", flat=True)) == {
        "sales.order",
        "contacts.customer",
    }
    assert list(DirtyCustomer.objects.values_list("customer_id", "kind")) == [(customer.pk, "order")]


def test_the_same_file_again_changes_nothing_whatever_the_order_of_its_rows(write: Write) -> None:
    rows = ["1,2026-01-01,10\n", "1,2026-01-01,10\n", "2,2026-01-02,0.00\n", "1,2026-01-03,10.0\n"]
    assert run(write(HEAD + "".join(rows)))["created"] == 4
    before = state()
    again = run(write(HEAD + "".join(rows)))
    assert (again["created"], again["unchanged"]) == (0, 4)
    rows.reverse()
    assert run(write(HEAD + "".join(rows)))["unchanged"] == 4
    assert state() == before
    more = run(write(HEAD + "3,2026-01-01,10\n" + "".join(rows)))
    assert (more["created"], more["unchanged"]) == (1, 4)


def test_cdnow_master_comes_in_whole_and_twice_is_once(write: Write) -> None:
    source = Path(lifetimes.__file__).parent / "datasets" / "CDNOW_master.txt"
    rows = [line.split() for line in source.read_text().splitlines()[1:]]
    text = "".join(
        f"{who},{day[:4]}-{day[4:6]}-{day[6:]},{count},{amount}\n" for who, day, count, amount in rows
    )
    path = write("customer_id,ordered_on,quantity,amount\n" + text)
    document = run(path, source="cdnow")
    assert (document["created"], document["customers_created"]) == (69_659, 23_570)
    assert Order.objects.aggregate(Sum("amount"))["amount__sum"] == Decimal("2500315.63")
    before = state()
    assert run(path, source="cdnow")["unchanged"] == 69_659
    assert state() == before


def test_rows_with_one_order_number_are_lines_whose_amounts_add_up(write: Write) -> None:
    text = (
        "customer_id,order_id,ordered_at,amount,quantity,product\n"
        "c1,A-1,2026-03-01T23:30:00Z,10.00,2,Mug\n"
        "c1,A-1,2026-03-01T23:30:00Z,5.50,1,Spoon\n"
        "c1,A-2,2026-03-02 08:00,1,1,Mug\n"
    )
    assert run(write(text))["created"] == 2
    first = Order.objects.get(external_id="A-1")
    assert (first.amount, str(first.placed_on)) == (Decimal("15.50"), "2026-03-02")  # past midnight in Berlin
    assert sorted(first.lines.values_list("text", "quantity", "line_amount")) == [
        ("Mug", Decimal(2), Decimal(10)),
        ("Spoon", Decimal(1), Decimal("5.50")),
    ]
    assert SearchRow.objects.filter(object_type="sales.order").count() == 2
    assert run(write(text))["unchanged"] == 2


def test_a_changed_row_changes_the_order_and_wakes_the_value_engine(write: Write) -> None:
    head = "customer_id,order_id,ordered_on,amount,status\n"
    run(write(head + "c1,A-1,2026-03-01,10,\nc1,A-2,2026-03-01,10,\n"))
    DirtyCustomer.objects.all().delete()
    document = run(write(head + "c1,A-1,2026-03-01,12.5,cancelled\nc1,A-2,2026-03-01,10,\n"))
    assert (document["updated"], document["unchanged"]) == (1, 1)
    order = Order.objects.get(external_id="A-1")
    assert (order.amount, order.base_amount, order.status, order.version) == (
        Decimal("12.50"), Decimal("12.50"), "cancelled", 2,
    )  # fmt: skip
    assert DirtyCustomer.objects.count() == 1
    entry = AuditEntry.objects.filter(object_type="sales.order", object_id=order.pk).latest("id")
    assert entry.before["status"] == "placed"
    assert entry.after["status"] == "cancelled"


def test_a_file_without_status_leaves_the_status_alone(write: Write) -> None:
    path = write(HEAD + "1,2026-01-01,10\n")
    run(path)
    Order.objects.update(status="cancelled")
    assert run(path)["unchanged"] == 1
    assert Order.objects.get().status == "cancelled"


def test_a_foreign_currency_is_worth_what_it_was_worth_that_day(write: Write) -> None:
    ExchangeRate.objects.create(currency="GBP", valid_on="2026-01-01", rate=Decimal("1.25"))
    ExchangeRate.objects.create(currency="GBP", valid_on="2026-02-01", rate=Decimal(2))
    run(write("customer_id,ordered_on,amount,currency\n1,2026-01-31,10,gbp\n1,2026-01-31,4,\n"))
    assert sorted(Order.objects.values_list("currency", "base_amount")) == [
        ("GBP", Decimal("12.50")),
        ("USD", Decimal(4)),
    ]


def test_columns_may_be_named_otherwise(write: Write) -> None:
    path = write("Kunde;Tag;Betrag\n1;2026-01-31;10\n")
    document = run(path, "--map", "Kunde=customer_id", "--map", "Tag=ordered_on", "--map", "Betrag=amount")
    assert document["created"] == 1


BAD_ROWS = [
    ("1,2026-02-30,10", "ordered_on", "calendar"),
    ("1,soon,10", "ordered_on", "calendar"),
    ("1,,10", "ordered_on", "missing"),
    ("1,1899-12-31,10", "ordered_on", "1900"),
    ("1,2999-01-01,10", "ordered_on", "future"),
    ("1,2026-01-01,ten", "amount", "not a number"),
    ("1,2026-01-01,NaN", "amount", "not a number"),
    ("1,2026-01-01,Infinity", "amount", "not a number"),
    ("1,2026-01-01,", "amount", "missing"),
    ("1,2026-01-01,1000000000000.01", "amount", "larger"),
    ("1,2026-01-01,-5", "amount", "negative"),
    ("1,2026-01-01,=1+1", "amount", "formula"),
    ("1,2026-01-01,1.234", "amount", "decimals"),
    (",2026-01-01,10", "customer_id", "missing"),
    ("=1+1,2026-01-01,10", "customer_id", "formula"),
    (f"{'9' * 121},2026-01-01,10", "customer_id", "120"),
    ("1,2026-01-01", "", "cells"),
    ("1,2026-01-01,10,11", "", "cells"),
]


@pytest.mark.parametrize(("row", "column", "word"), BAD_ROWS)
def test_a_bad_row_is_told_and_nothing_is_written(
    write: Write, unchanged: Callable[[], None], row: str, column: str, word: str
) -> None:
    unchanged()
    document = run(write(f"{HEAD}1,2026-01-01,10\n{row}\n2,2026-01-01,10\n"), code=1)
    problems = [problem for problem in document["problems"] if problem["column"] == column]
    assert [problem["row"] for problem in problems] == [3]
    assert word in problems[0]["message"].lower()
    assert document["bad_rows"] == 1
    unchanged()


@pytest.mark.parametrize(("row", "column", "word"), BAD_ROWS)
def test_skip_bad_takes_the_good_rows(write: Write, row: str, column: str, word: str) -> None:
    document = run(write(f"{HEAD}1,2026-01-01,10\n{row}\n2,2026-01-01,10\n"), "--skip-bad")
    assert (document["created"], document["bad_rows"], Order.objects.count()) == (2, 1, 2)


WIDE = "customer_id,ordered_on,amount,order_id,currency,status,name,email,product,quantity\n"


@pytest.mark.parametrize(
    ("rows", "row", "column", "word"),
    [
        (["1,2026-01-01,10,,XXQ,,,,,"], 2, "currency", "4217"),
        (["1,2026-01-01,10,,GBP,,,,,"], 2, "currency", "rate"),
        (["1,2026-01-01,10,,,lost,,,,"], 2, "status", "placed"),
        (["1,2026-01-01,10,,,,@SUM(A1),,,"], 2, "name", "formula"),
        (["1,2026-01-01,10,,,,,ada at home,,"], 2, "email", "e-mail"),
        (["1,2026-01-01,10,,,,,,+cmd|x,"], 2, "product", "formula"),
        (["1,2026-01-01,10,,,,,,,many"], 2, "quantity", "quantity"),
        (["1,2026-01-01,10,A,,,,,,", "2,2026-01-01,10,A,,,,,,"], 2, "customer_id", "duplicate"),
        (["1,2026-01-01,10,A,,,,,Mug,", "1,2026-01-02,11,A,,,,,Cup,"], 2, "ordered_on", "duplicate"),
        (["1,2026-01-01,10,A,,,,,,", "1,2026-01-01,10,A,,,,,,"], 2, "order_id", "duplicate"),
        (["1,2026-01-01,10,A,,,,,Mug,1", "1,2026-01-01,10,A,,,,,Mug,1"], 2, "order_id", "duplicate"),
        (
            ["1,2026-01-01,10,A,,placed,,,Mug,", "1,2026-01-01,11,A,,returned,,,Cup,"],
            2,
            "status",
            "another status",
        ),
    ],
)
def test_bad_cells_of_optional_columns(
    write: Write, unchanged: Callable[[], None], rows: list[str], row: int, column: str, word: str
) -> None:
    unchanged()
    document = run(write(WIDE + "\n".join(rows) + "\n"), code=1)
    problems = [problem for problem in document["problems"] if problem["column"] == column]
    assert problems[0]["row"] == row
    assert word in problems[0]["message"]
    unchanged()


def test_an_order_with_one_bad_line_is_left_out_whole(write: Write) -> None:
    rows = "1,2026-01-01,10,A,,,,,Mug,\n1,2026-01-01,ten,A,,,,,Cup,\n1,2026-01-01,7,B,,,,,Cup,\n"
    document = run(write(WIDE + rows), "--skip-bad")
    assert document["bad_rows"] == 2
    assert list(Order.objects.values_list("external_id", flat=True)) == ["B"]


def test_an_order_of_somebody_else_is_not_taken_over(write: Write) -> None:
    run(write(WIDE + "1,2026-01-01,10,A,,,,,,\n"))
    document = run(write(WIDE + "2,2026-01-01,10,A,,,,,,\n"), code=1)
    assert "of another customer" in document["problems"][0]["message"]


@pytest.mark.parametrize(
    ("content", "row", "column", "word"),
    [
        (b"", 1, "", "empty"),
        (HEAD.encode(), 1, "", "no rows"),
        (b"customer_id,ordered_on\n1,2026-01-01\n", 1, "", "amount"),
        (b"customer_id,amount\n1,2\n", 1, "", "ordered_on"),
        (b"customer_id,amount,amount,ordered_on\n1,2,3,2026-01-01\n", 1, "amount", "twice"),
        ((HEAD + "1,2026-01-01,10\n").encode("utf-16"), 1, "", "UTF-16"),
        ((HEAD + "1,2026-01-01,10\nJürgen,2026-01-01,10\n").encode("latin-1"), 3, "customer_id", "UTF-8"),
        (HEAD.encode() + b"1,2026-01-01,10\n1,2026-01-01,1\x000\n", 3, "amount", "NUL"),
        (HEAD.encode() + b'1,2026-01-01,10\n1,"2026-01-01,10\n2,2026-01-01,10\n', 3, "", "never closed"),
        (HEAD.encode() + b"1,2026-01-01,10\n1,2026-01-01," + b"9" * 50_000_000 + b"\n", 3, "", "1 MB"),
        (HEAD.encode() + b'1,2026-01-01,10\n1,"2026"-01-01,10\n', 3, "", "quote"),
    ],
    ids=["empty", "header", "no-amount", "no-date", "twice", "utf-16", "latin-1", "nul", "quote", "50-MB", "after"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told(
    write: Write, unchanged: Callable[[], None], content: bytes, row: int, column: str, word: str
) -> None:
    unchanged()
    problem = run(write(content), code=1)["problems"][0]
    assert (problem["row"], problem["column"]) == (row, column)
    assert word in problem["message"]
    unchanged()


def test_a_byte_order_mark_and_windows_line_ends_are_good(write: Write) -> None:
    assert (
        run(write(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode() + b"1,2026-01-01,10\r\n"))["created"]
        == 1
    )


def test_a_dry_run_tells_and_writes_nothing(write: Write, unchanged: Callable[[], None]) -> None:
    unchanged()
    document = run(write(HEAD + "1,2026-01-01,10\n2,2026-01-01,10\n"), "--dry-run")
    assert (document["created"], document["customers_created"], document["import"]) == (2, 2, None)
    unchanged()


def test_returned_orders_may_be_negative(write: Write) -> None:
    run(write("customer_id,ordered_on,amount,status\n1,2026-01-01,-5.00,returned\n"))
    assert Order.objects.get().amount == Decimal("-5.00")


def test_an_apostrophe_before_a_formula_is_taken_off(write: Write) -> None:
    run(write("customer_id,ordered_on,amount,name\n1,2026-01-01,5,'=cmd\n"))
    assert Customer.objects.get().name == "=cmd"


def test_a_missing_file_and_a_bad_mapping_are_told(tmp_path: Path, write: Write) -> None:
    assert "error" in run(tmp_path / "nowhere.csv", code=1)
    assert "COLUMN=FIELD" in run(write(HEAD + "1,2026-01-01,1\n"), "--map", "amount", code=1)["error"]
    assert "tenure" in run(write(HEAD + "1,2026-01-01,1\n"), code=1, source="tenure")["error"]
    assert not ImportRun.objects.exists()


def test_thousands_of_shuffled_rows_are_each_an_order_once(write: Write) -> None:
    draw = random.Random(3)
    rows = [
        f"{draw.randrange(40)},2026-01-{draw.randrange(1, 29):02},{draw.randrange(5)}.00\n"
        for _row in range(3_000)
    ]
    run(write(HEAD + "".join(rows)))
    draw.shuffle(rows)
    assert run(write(HEAD + "".join(rows)))["unchanged"] == 3_000
    assert Order.objects.aggregate(Sum("amount"))["amount__sum"] == sum(
        Decimal(row.split(",")[2]) for row in rows
    )


def test_the_organisation_pays_unless_it_was_deleted(write: Write, root: Team) -> None:
    run(write(HEAD + "1,2026-01-31,10\n"))
    person, firm = (
        Customer.objects.get(),
        Customer.objects.create(name="Firm", sort_name="firm", kind="organisation", team=root),
    )
    Customer.objects.filter(pk=person.pk).update(organisation=firm)
    run(write(HEAD + "1,2026-02-01,11\n"))
    Customer.objects.filter(pk=firm.pk).update(deleted_at=timezone.now())
    run(write(HEAD + "1,2026-02-02,12\n"))
    payers = list(Order.objects.order_by("placed_on").values_list("customer_id", "payer_id"))
    assert payers == [(person.pk, person.pk), (person.pk, firm.pk), (person.pk, person.pk)]
