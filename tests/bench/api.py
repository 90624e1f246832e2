"""Lists of the API against a bare view that writes 100 rows as JSON: no session, no sign-in, no REST framework."""

import os
import signal
import time
from http.client import HTTPConnection

from crm.api.models import ApiToken
from crm.api.services import token_create
from crm.staff.models import User
from tests.bench.ledger import Ledger, percentile
from tests.bench.pages import free_port, start_server, wait_for

REQUESTS = 150
FLOOR = "/bench/json/"
TARGET = 8
LISTS = (
    ("list of 100 customers, all fields", "/api/v1/customers/?limit=100"),
    ("list of 100 customers, five fields", "/api/v1/customers/?limit=100&fields=name,city,owner,lifetime_value,tags"),
    (
        "list of 100 customers, filtered and sorted",
        "/api/v1/customers/?limit=100&lifetime_value__gte=100&sort=-lifetime_value",
    ),
    ("list of 100 orders with lines", "/api/v1/orders/?limit=100"),
)  # fmt: skip


def run(ledger: Ledger) -> None:
    os.environ["API_REQUESTS_PER_MINUTE"] = "1000000"
    port = free_port()
    server = start_server(port)
    try:
        wait_for(port)
        measure(ledger, port)
    finally:
        ApiToken.objects.all().delete()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def measure(ledger: Ledger, port: int) -> None:
    texts = {name: token(name) for name in ("all", "blind")}
    floor = p95(port, FLOOR, "")
    for words, path in LISTS:
        ledger.add(f"API, {words}, p95", p95(port, path, texts["all"]), floor, TARGET)
    ledger.add(
        "API, customers, sees almost nothing, p95", p95(port, LISTS[0][1], texts["blind"]), floor, TARGET
    )


def token(name: str) -> str:
    user = User.objects.get(email=f"{name}@bench.example")
    return token_create(actor=user, name="Bench", scopes={}, is_everything=True)[1]


def p95(port: int, path: str, text: str) -> float:
    """The 95th percentile of milliseconds over one kept connection."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    times = []
    for _ in range(REQUESTS + 10):
        start = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        times.append((time.perf_counter() - start) * 1000)
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status}")
    return percentile(times[10:], 0.95)
