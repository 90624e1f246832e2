"""Replacing a table leaves it as it was made, disturbs no reader, and survives kill -9."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from analytics.models import PayerStatistics
from analytics.services import refresh as refresh_module
from analytics.services.refresh import value_refresh
from contacts.models import CustomerValue
from crm.columnar.table_swap import TableBusy, exchange, replace_rows
from crm.company.selectors import company_day
from tests.analytics.company import another_connection, shop

pytestmark = pytest.mark.django_db(transaction=True)

CATALOGUE = """
SELECT 'column', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text, a.attstorage::text,
       coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %(table)s::regclass AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'constraint', conname, pg_get_constraintdef(oid), convalidated::text, contype::text, '' FROM pg_constraint
WHERE conrelid = %(table)s::regclass
UNION ALL
SELECT 'index', c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid::text, i.indisprimary::text, ''
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %(table)s::regclass
UNION ALL
SELECT 'table', relname, relkind::text, relpersistence::text, coalesce(reloptions::text, ''), relowner::regrole::text
FROM pg_class WHERE oid = %(table)s::regclass
ORDER BY 1, 2"""

ALL_ROWS = "SELECT count(*), count(DISTINCT run_number) FROM contacts_customervalue"


def catalogue(table: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE, {"table": table})
        found: list[tuple[str, ...]] = cursor.fetchall()
    return found


@pytest.fixture
def always_swap(monkeypatch: pytest.MonkeyPatch) -> None:
    def swapped(model, columns, rows):  # type: ignore[no-untyped-def]
        replace_rows(model, columns, rows, swap_above=0)

    monkeypatch.setattr(refresh_module, "replace_rows", swapped)
    monkeypatch.setattr("analytics.services.statistics.replace_rows", swapped)


@pytest.mark.usefixtures("always_swap")
def test_the_catalogue_is_the_same_before_and_after() -> None:
    shop(200, company_day())
    tables = [model._meta.db_table for model in (CustomerValue, PayerStatistics)]
    before = {table: catalogue(table) for table in tables}
    value_refresh()
    first = CustomerValue.objects.count()
    value_refresh()
    assert {table: catalogue(table) for table in tables} == before
    assert CustomerValue.objects.count() == first == 200


@pytest.mark.usefixtures("always_swap")
def test_readers_see_whole_tables_all_the_time() -> None:
    shop(200, company_day())
    value_refresh()
    counts, stop = [], threading.Event()

    def reads() -> None:
        with another_connection() as mine:
            mine.autocommit = True
            while not stop.is_set():
                counts.append(mine.execute(ALL_ROWS).fetchone())

    reader = threading.Thread(target=reads)
    reader.start()
    for _ in range(4):
        value_refresh()
    stop.set()
    reader.join()
    assert len(counts) > 10
    assert set(counts) == {(200, 1)}


def test_a_long_reader_makes_the_swap_give_up_and_the_old_rows_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    shop(200, company_day())
    value_refresh()
    monkeypatch.setattr("crm.columnar.table_swap.LOCK_TRIES", 2)
    monkeypatch.setattr("crm.columnar.table_swap.LOCK_MILLISECONDS", 50)
    with another_connection() as reader:
        reader.execute(ALL_ROWS)
        with pytest.raises(TableBusy), transaction.atomic():
            exchange("contacts_customervalue", "never_made", [])
    assert CustomerValue.objects.count() == 200


KILLED = """
import os, django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from crm.columnar import table_swap
from analytics.services import refresh, statistics
swap = table_swap.replace_rows
for module in (refresh, statistics):
    module.replace_rows = lambda model, columns, rows: swap(model, columns, rows, swap_above=0)
print("ready", flush=True)
while True:
    refresh.value_refresh()
    print("done", flush=True)
"""


@pytest.mark.slow
def test_killed_at_any_point_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    shop(300, company_day())
    value_refresh()
    before = catalogue("contacts_customervalue")
    environment = os.environ | {
        "TEST_DATABASE": connection.settings_dict["NAME"],
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    for delay in (0.0, 0.02, 0.05, 0.08, 0.12, 0.17, 0.23):
        worker = subprocess.Popen(
            [sys.executable, "-c", KILLED],
            stdout=subprocess.PIPE,
            env=environment,
            cwd=settings.BASE_DIR,
            text=True,
        )
        assert worker.stdout is not None
        assert worker.stdout.readline().strip() == "ready"
        assert worker.stdout.readline().strip() == "done"
        time.sleep(delay)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        assert CustomerValue.objects.count() == PayerStatistics.objects.count() == 300
        assert CustomerValue.objects.values("run_number").distinct().count() == 1
    value_refresh()
    assert catalogue("contacts_customervalue") == before
    leftovers = [name for name in connection.introspection.table_names() if name.endswith("_fresh")]
    assert leftovers == []
