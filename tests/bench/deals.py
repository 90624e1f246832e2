"""The board of deals and the move of a card, against the page floor: 20,000 deals, 5,000 of them open."""

import os
import signal
import time
from datetime import date, timedelta
from http.client import HTTPConnection
from random import Random

from django.utils import timezone

from contacts.models import Customer
from crm.staff.models import User
from crm.staff.selectors import default_team
from sales.models import Deal, Stage
from tests.bench.ledger import Ledger, percentile
from tests.bench.pages import REQUESTS, cookie, fetch, free_port, p95, start_server, wait_for

DEALS, OPEN = 20_000, 5_000
MOVES = 120


def run(ledger: Ledger) -> None:
    load()
    port = free_port()
    server = start_server(port)
    try:
        wait_for(port)
        everything, blind = (
            cookie(User.objects.get(email=f"{name}@bench.example")) for name in ("all", "blind")
        )
        floor = p95(port, ["/bench/floor/"], everything, REQUESTS * 2)
        board = p95(port, ["/deals/board/"], everything)
        ledger.add("board of 5,000 open deals, p95", board, floor, 8)
        ledger.add("board, sees almost nothing, p95", p95(port, ["/deals/board/"], blind), floor, 8)
        ledger.add("list of deals, p95", p95(port, ["/deals/"], everything), floor, 5)
        ledger.add("move of a card, p95", moves_p95(port, everything), floor, 4)
        records = [f"/deals/{pk}/" for pk in Deal.objects.values_list("pk", flat=True)[:REQUESTS]]
        ledger.add("deal record, p95", p95(port, records, everything), floor, 8)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


def load() -> None:
    """Twice is once."""
    if Deal.objects.count() >= DEALS:
        return
    random, today = Random(3), date.today()  # noqa: DTZ011 - any day and any draw will do
    stages = list(Stage.objects.filter(pipeline__name="Sales").order_by("position"))
    opens, closed = stages[:-2], stages[-2:]
    user = User.objects.get(email="all@bench.example")
    team, customers = default_team(user), list(Customer.objects.values_list("pk", flat=True)[:DEALS])
    rows = []
    for index in range(DEALS):
        stage = random.choice(opens if index < OPEN else closed)
        customer = customers[index % len(customers)]
        rows.append(
            Deal(
                name=f"Deal {index}", customer_id=customer, payer_id=customer, pipeline=stage.pipeline, stage=stage,
                state=stage.kind, owner=user, team=team, currency="EUR", amount=index, base_amount=index,
                rated_on=today, close_on=today + timedelta(days=random.randrange(-20, 200)),
                probability=stage.probability, closed_at=None if stage.is_open else timezone.now(),
            )
        )  # fmt: skip
    Deal.objects.bulk_create(rows, batch_size=2_000)


def moves_p95(port: int, who: str) -> float:
    """A card to and fro between two stages, by POST as the board does it."""
    first, second = Stage.objects.filter(pipeline__name="Sales", kind="open").order_by("position")[:2]
    pks = list(Deal.objects.filter(stage=first).values_list("pk", flat=True)[:MOVES])
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = signed(port, connection, who)
    times = []
    for pk in pks:
        start = time.perf_counter()
        connection.request("POST", f"/deals/{pk}/move/", body=f"value={second.pk}", headers=headers)
        response = connection.getresponse()
        response.read()
        times.append((time.perf_counter() - start) * 1000)
        if response.status != 204:
            raise RuntimeError(f"move: {response.status}")
    Deal.objects.filter(pk__in=pks).update(stage=first)
    return percentile(times[10:], 0.95)


def signed(port: int, connection: HTTPConnection, who: str) -> dict[str, str]:
    """The headers of a write: the session and the CSRF token of a page."""
    fetch(port, "/deals/board/", who)
    connection.request("GET", "/deals/board/", headers={"Cookie": who})
    response = connection.getresponse()
    response.read()
    secret = (response.getheader("Set-Cookie") or "").split(";")[0]
    return {
        "Cookie": f"{who}; {secret}",
        "Content-Type": "application/x-www-form-urlencoded",
        "HX-Request": "true",
        "X-CSRFToken": secret.partition("=")[2],
    }
