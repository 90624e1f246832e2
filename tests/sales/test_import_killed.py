"""A worker killed at any point of an import loses and doubles nothing."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from crm.imports.models import ImportRun
from crm.staff.models import Team

KILLS = 20
ROWS = 4_000
PROGRAM = """
import sys, django
django.setup()
from django.core.management import call_command
from django.db import connection
from crm.imports.services import engine
engine.CHUNK_ROWS = 250
connection.ensure_connection()
print("ready", flush=True)
call_command("import_orders", sys.argv[1], source="shop", stdout=sys.stderr)
"""
STATE = (
    """SELECT o.external_id, o.amount, o.status, o.placed_at, e.value FROM sales_order o
    JOIN contacts_externalid e ON e.customer_id = o.payer_id ORDER BY 1""",
    """SELECT o.external_id, l.text, l.quantity, l.line_amount FROM sales_orderline l
    JOIN sales_order o ON o.id = l.order_id ORDER BY 1, 2""",
    """SELECT c.name, c.sort_name, e.value, p.value FROM contacts_customer c
    JOIN contacts_externalid e ON e.customer_id = c.id
    LEFT JOIN contacts_contactpoint p ON p.customer_id = c.id ORDER BY 3""",
    "SELECT title, text FROM search_searchrow ORDER BY 1, 2",
    "SELECT action, count(*), count(DISTINCT object_id) FROM audit_auditentry GROUP BY 1 ORDER BY 1",
    """SELECT DISTINCT e.value FROM contacts_dirtycustomer d
    JOIN contacts_externalid e USING (customer_id) ORDER BY 1""",
    # killed after its end, it is a second run that finds nothing to do
    "SELECT sum(created), sum(updated), sum(created_customers), bool_and(state = 'done') FROM imports_importrun",
    r"SELECT count(*) FROM pg_class WHERE relname LIKE 'import\_%\_stage'",
)
TABLES = (
    "sales_orderline, sales_order, contacts_customer, search_searchrow, audit_auditentry, contacts_dirtycustomer,"
    " imports_importrun, jobs_job"
)


def state() -> str:
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for query in STATE:
            cursor.execute(query)
            digest.update(repr(cursor.fetchall()).encode())
    return digest.hexdigest()


def forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")


def worker(path: Path) -> "subprocess.Popen[str]":
    """A process that imports the file into the test's own database; returns once it begins."""
    at = connection.settings_dict
    environment: dict[str, Any] = dict(os.environ) | {
        "DATABASE_URL": f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "crm.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def orders_file(path: Path) -> Path:
    draw = random.Random(11)
    lines = ["customer_id,order_id,ordered_on,amount,product,email"]
    for row in range(ROWS):
        who, order = draw.randrange(600), row // 2 if row % 3 else row
        who = order % 600
        lines.append(
            f"{who},N{order},2026-0{1 + order % 9}-11,{draw.randrange(9_999) / 100:.2f},P{row},{who}@shop.example"
        )
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_twenty_times_it_ends_as_an_unbroken_import(tmp_path: Path) -> None:
    Team.objects.create(name="Company")
    path = orders_file(tmp_path / "orders.csv")
    begun = time.monotonic()
    process = worker(path)
    assert process.wait(120) == 0
    length = time.monotonic() - begun
    unbroken = state()
    assert ImportRun.objects.get().created > 1_000

    kills, draw = 0, random.Random(5)
    forget()
    while kills < KILLS:
        process = worker(path)
        try:
            process.wait(draw.random() * length / 3)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            continue
        assert process.returncode == 0
        assert state() == unbroken
        forget()
    process = worker(path)
    assert process.wait(120) == 0
    assert state() == unbroken
