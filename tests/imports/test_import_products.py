"""Products from CSV and XLSX: the simple kind of import, from upload to undo."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.access.models import Role
from crm.imports.models import ImportRun
from crm.imports.services import engine
from crm.search.selectors import matching_ids
from crm.staff.models import User
from sales.models import Product
from tests.imports.conftest import Work
from tests.imports.workbooks import workbook
from tests.sales.shop import buy, shop

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HEAD = "SKU,Name,Price,Cost,Category,Line,Tier,Active\n"
FILE = HEAD + "B-1,House beans,12.50,6,Beans,House,1,yes\nB-2,Guji beans,15,,Beans,House,2,no\n"


@pytest.fixture
def send(admin: User, sign_in: SignIn, work: Work) -> Callable[..., ImportRun]:
    """Takes a file through the pages."""

    def through(content: str | bytes, *, skip_bad: bool = False, start: bool = True) -> ImportRun:
        client = sign_in(admin)
        data = content.encode() if isinstance(content, str) else content
        upload = SimpleUploadedFile("products.xlsx" if data[:2] == b"PK" else "products.csv", data)
        client.post("/imports/new/", {"file": upload, "source": "erp", "kind": "product"})
        run = ImportRun.objects.latest("pk")
        page = client.get(f"/imports/{run.pk}/")
        chosen = {f"column-{place}": column["field"] for place, column in enumerate(page.context["columns"])}
        client.post(f"/imports/{run.pk}/check/", chosen)
        work()
        if start:
            client.post(f"/imports/{run.pk}/start/", {"skip_bad": "1"} if skip_bad else {})
            work()
        run.refresh_from_db()
        return run

    return through


Send = Callable[..., ImportRun]


def rows() -> list[tuple[Any, ...]]:
    return list(
        Product.objects.order_by("code").values_list("code", "name", "price_amount", "tier", "is_active")
    )


EXPECTED = [
    ("B-1", "House beans", Decimal("12.50"), 1, True),
    ("B-2", "Guji beans", Decimal(15), 2, False),
]


def test_a_csv_file_becomes_products_that_are_found(send: Send) -> None:
    run = send(FILE)
    assert (run.state, run.created, run.bad, rows()) == ("done", 2, 0, EXPECTED)
    assert len(matching_ids("sales.product", "guji")) == 1


def test_a_workbook_says_the_same(send: Send) -> None:
    head = HEAD.strip().split(",")
    data = workbook([head, ["B-1", "House beans", 12.5, 6, "Beans", "House", 1, True],
                     ["B-2", "Guji beans", 15, "", "Beans", "House", 2, False]])  # fmt: skip
    assert (send(data).state, rows()) == ("done", EXPECTED)


def test_the_check_writes_nothing_and_knows_what_is_new(send: Send) -> None:
    Product.objects.create(code="b-1", name="House")
    run = send(FILE, start=False)
    assert (run.state, run.total, run.new, Product.objects.count()) == ("checked", 2, 1, 1)


def test_known_products_change_and_empty_cells_leave_them_alone(send: Send) -> None:
    send(FILE)
    run = send("code,name,price,category\nb-1,House beans,13,\nB-2,Guji beans,15.00,Beans\n")
    assert (run.created, run.updated, run.unchanged) == (0, 1, 1)
    house = Product.objects.get(code="B-1")
    assert (house.price_amount, house.category) == (Decimal(13), "Beans")


def test_what_is_wrong_is_told_by_row_and_column(send: Send) -> None:
    run = send(
        HEAD + "B-1,Beans,cheap,-1,,,,maybe\n,Nameless,1,,,,,\nb-1,Again,1,,,,,\nB-3,Tier,1,,,,2,\nB-4,x\n"
    )
    told = set(run.problems.values_list("row", "column", "message"))
    assert {(row, column) for row, column, _message in told} == {
        (2, "Price"), (2, "Cost"), (2, "Active"), (3, "SKU"), (4, "SKU"), (5, "Tier"), (6, ""),
    }  # fmt: skip
    assert (4, "SKU", "Row 2 names the same record.") in told
    assert (run.state, run.bad, Product.objects.count()) == ("failed", 5, 0)


def test_bad_rows_are_left_out_if_that_is_wished(send: Send) -> None:
    run = send(FILE + "B-3,Bad,x,,,,,\n", skip_bad=True)
    assert (run.state, run.created, run.bad, rows()) == ("done", 2, 1, EXPECTED)
    assert b"B-3" in run.bad_rows.read()


def test_it_goes_on_after_each_chunk_and_twice_is_once(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CHUNK_ROWS", 1)
    assert (send(FILE).created, send(FILE).unchanged, rows()) == (2, 2, EXPECTED)


def test_undo_takes_back_what_nobody_has_used(send: Send, admin: User, sign_in: SignIn, work: Work) -> None:
    send("code,name,price\nB-0,Old,1\n")
    run = send("code,name,price\nB-0,Old,2\nB-1,Sold,3\nB-2,Unsold,4\n")
    (buyer,) = shop([()])
    order = buy(buyer, "Tea")
    order.lines.update(product=Product.objects.get(code="B-1"))
    sign_in(admin).post(f"/imports/{run.pk}/undo/")
    work()
    run.refresh_from_db()
    assert run.state == "undone"
    assert run.notes == ["Sold stays: it has been changed or used since."]
    found = dict(Product.objects.exclude(code="TEA").values_list("code", "price_amount"))
    assert found == {"B-0": Decimal(1), "B-1": Decimal(3)}
    assert matching_ids("sales.product", "unsold").count() == 0


def test_what_was_changed_since_stays(send: Send, admin: User, sign_in: SignIn, work: Work) -> None:
    send("code,name,price\nB-0,Old,1\n")
    run = send("code,name,price\nB-0,Old,2\n")
    Product.objects.update(price_amount=5, version=9)
    sign_in(admin).post(f"/imports/{run.pk}/undo/")
    work()
    run.refresh_from_db()
    assert (run.notes, Product.objects.get().price_amount) == (
        ["Old stays as it is: it was changed after the import."], 5,
    )  # fmt: skip


def test_those_who_may_not_write_products_cannot_import_them(
    rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    role = Role.objects.get(key="sales-rep")
    role.matrix |= {"imports.import": {"view": "own", "create": "own"}}
    role.save()
    client = sign_in(rep)
    unchanged()
    upload = SimpleUploadedFile("products.csv", FILE.encode())
    answer = client.post("/imports/new/", {"file": upload, "source": "erp", "kind": "product"})
    assert answer.status_code == 422
    unchanged()


def test_the_cost_is_written_by_those_who_may(send: Send, admin: User) -> None:
    admin.roles.clear()
    everything = {"view": "all", "create": "all", "edit": "all"}
    role = Role.objects.create(
        key="x", name="X", matrix={"imports.import": everything, "sales.product": everything}
    )
    role.users.add(admin)
    run = send(FILE)
    assert [(row.column, row.message) for row in run.problems.all()] == [
        ("Cost", "You may not write this field.")
    ]
    assert Product.objects.count() == 0


def bomb() -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"PK\x03\x04 and no more", bomb(), workbook([]), workbook([["", ""]])])
def test_a_workbook_that_cannot_be_read_is_refused_with_words(
    data: bytes, admin: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(admin)
    unchanged()
    upload = SimpleUploadedFile("products.xlsx", data)
    answer = client.post("/imports/new/", {"file": upload, "source": "erp", "kind": "product"})
    assert answer.status_code == 422
    assert "Row 1:" in answer.content.decode()
    unchanged()
