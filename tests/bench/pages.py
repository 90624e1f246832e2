"""Pages against the page floor: a bare Django view behind the same server, one indexed select of 50 rows in a loop."""

import gzip
import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from crm.staff.models import User
from tests.bench.company import CUSTOMERS
from tests.bench.ledger import Ledger, percentile

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
REQUESTS = 150
HTMX = {"HX-Request": "true"}


def run(ledger: Ledger) -> None:
    port = free_port()
    server = start_server(port)
    try:
        wait_for(port)
        measure(ledger, port)
        memory(ledger, server.pid)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def measure(ledger: Ledger, port: int) -> None:
    everything, blind = (cookie(User.objects.get(email=f"{name}@bench.example")) for name in ("all", "blind"))
    floor = p95(port, ["/bench/floor/"], everything, REQUESTS * 2)
    deep = deep_page(port, everything)
    record = [f"/customers/{pk * 997 % CUSTOMERS + 1}/" for pk in range(REQUESTS)]
    words = [f"/search/?q={text}" for text in ("ada+ander", "c4711", "okafor+77", "zhan", "marta+weber+12")]
    pages: list[tuple[str, list[str], str, float]] = [
        ("customer list, first page", ["/customers/"], everything, 5),
        ("customer list, deep page", [deep], everything, 5),
        ("customer list, filtered by RFM group", ["/customers/?rfm_group=champions"], everything, 5),
        (
            "customer list, high risk by lifetime value",
            ["/customers/?risk=high&sort=-lifetime_value"],
            everything,
            5,
        ),
        ("customer list, searched", ["/customers/?q=okafor"], everything, 5),
        ("customer list, sees almost nothing", ["/customers/"], blind, 5),
        ("customer list by value, sees almost nothing", ["/customers/?sort=-lifetime_value"], blind, 5),
        ("customer record", record, everything, 6),
        ("search and palette", words, everything, 4),
        ("search and palette, sees almost nothing", words, blind, 4),
        ("home", ["/"], everything, 5),
        ("order list", ["/orders/"], everything, 5),
    ]
    for name, addresses, who, target in pages:
        ledger.add(f"{name}, p95", p95(port, addresses, who), floor, target)
    ledger.add("create a customer, p95", create_p95(port, everything), floor, 4)


def deep_page(port: int, who: str) -> str:
    """An address a thousand rows into the list, reached by its own links."""
    address = "/customers/?sort=name"
    for _ in range(20):
        body = fetch(port, address, who)
        after = re.search(rb"after=([\w-]+)", body)
        if after is None:
            break
        address = f"/customers/?sort=name&after={after[1].decode()}"
    return address


def p95(port: int, addresses: list[str], who: str, requests: int = REQUESTS) -> float:
    """The 95th percentile of milliseconds over one kept connection, after every address was asked for once."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for address in addresses:
        get(connection, address, who)
    return percentile([timed(connection, addresses[i % len(addresses)], who) for i in range(requests)], 0.95)


def timed(connection: HTTPConnection, address: str, who: str) -> float:
    start = time.perf_counter()
    get(connection, address, who)
    return (time.perf_counter() - start) * 1000


def get(connection: HTTPConnection, address: str, who: str) -> bytes:
    headers = {
        "Cookie": who,
        "Accept-Encoding": "gzip, br",
        **(HTMX if address.startswith("/search/") else {}),
    }
    connection.request("GET", address, headers=headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{address}: {response.status}")
    return body


def fetch(port: int, address: str, who: str) -> bytes:
    body = get(HTTPConnection("127.0.0.1", port, timeout=30), address, who)
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def create_p95(port: int, who: str) -> float:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    page = fetch(port, "/customers/new/", who)
    found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)
    token = found[1].decode() if found else ""
    connection.request("GET", "/customers/new/", headers={"Cookie": who})
    response = connection.getresponse()
    response.read()
    secret = (response.getheader("Set-Cookie") or "").split(";")[0]
    found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page)
    headers = {"Cookie": f"{who}; {secret}", "Content-Type": "application/x-www-form-urlencoded",
               "X-CSRFToken": secret.partition("=")[2] or token}  # fmt: skip
    times = []
    for index in range(60):
        body = f"name=Bench+{index}+{time.time_ns()}&kind=person&email=bench{time.time_ns()}@example.org"
        start = time.perf_counter()
        connection.request("POST", "/customers/new/", body=body, headers=headers)
        response = connection.getresponse()
        response.read()
        times.append((time.perf_counter() - start) * 1000)
        if response.status != 302:
            raise RuntimeError(f"create: {response.status}")
    return percentile(times[5:], 0.95)


def memory(ledger: Ledger, pid: int) -> None:
    """Proportional set size of the largest web worker, against one megabyte."""
    sizes = [proportional_megabytes(child) for child in descendants(pid)]
    ledger.add("megabytes of a web worker", max(sizes), 1, 130)


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children] + [
        deep for child in children for deep in descendants(int(child))
    ]


def proportional_megabytes(pid: int) -> float:
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def cookie(user: User) -> str:
    """The Cookie header of a session of this person."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def start_server(port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", "1", "--blocking-threads", "2", "--no-access-log", "--log-level", "error",
               "tests.bench.server:application"]  # fmt: skip
    environment = {**os.environ, "DATABASE_POOL": "1"}
    return subprocess.Popen(command, env=environment, start_new_session=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
