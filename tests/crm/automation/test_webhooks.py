"""Messages to other programs: signed, repeated until taken, and never to our own machines."""

import _socket
import contextlib
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts.models import Customer
from contacts.services.customer import customer_edit
from crm.automation.models import Automation, WebhookDelivery
from crm.automation.services.delivering import PAUSES, deliveries_send, delivery_retry
from crm.outgoing import OutgoingFailed, OutgoingRefused, post, read_url, resolve
from crm.staff.models import User
from tests.crm.automation.making import automation, work


class Receiver:
    def __init__(self) -> None:
        self.status = 200
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.headers: dict[str, str] = {}


@pytest.fixture
def receiver(settings: Any) -> Iterator[tuple[Receiver, str]]:
    settings.OUTGOING_LOOPBACK = True
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.taken.append((dict(self.headers), body))
            self.send_response(kept.status)
            for name, value in kept.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_given: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield kept, f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


def hooked(manager: User, rep: User, customer: Customer, url: str) -> Automation:
    params = {"url": url, "fields_sent": ["record.name", "record.owner"]}
    made = automation(manager, "changed", {"action": "webhook", "params": params})
    customer_edit(actor=rep, customer=customer, values={"city": "Bern"}, version=customer.version)
    work()
    return made


def make_due() -> None:
    WebhookDelivery.objects.update(due_at=timezone.now())


def test_it_is_signed_and_holds_the_fields(
    manager: User, rep: User, customer: Customer, receiver: tuple[Receiver, str]
) -> None:
    kept, url = receiver
    made = hooked(manager, rep, customer, url)
    assert deliveries_send() == 1
    headers, body = kept.taken[0]
    stamp, signature = (part.partition("=")[2] for part in headers["X-Tenure-Signature"].split(","))
    wanted = hmac.new(made.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signature, wanted)
    told = json.loads(body)
    assert (told["id"], told["record"]["name"], told["record"]["owner"]) == (
        customer.pk,
        "Ada Lindqvist",
        "Rep",
    )
    sent = WebhookDelivery.objects.get()
    assert (sent.state, sent.status, headers["X-Tenure-Delivery"]) == ("sent", 200, str(sent.key))
    assert deliveries_send() == 0


def test_what_is_refused_comes_again_under_the_same_key_and_dies_at_last(
    manager: User, rep: User, customer: Customer, receiver: tuple[Receiver, str]
) -> None:
    kept, url = receiver
    kept.status = 500
    hooked(manager, rep, customer, url)
    for _attempt in range(len(PAUSES) + 2):
        deliveries_send(), make_due()
    assert len(kept.taken) == len(PAUSES) + 1
    assert len({headers["X-Tenure-Delivery"] for headers, _body in kept.taken}) == 1
    dead = WebhookDelivery.objects.get()
    assert (dead.state, dead.status, dead.error) == ("dead", 500, "Answered 500.")
    kept.status = 200
    delivery_retry(actor=manager, delivery=dead)
    deliveries_send()
    dead.refresh_from_db()
    assert dead.state == "sent"
    with pytest.raises(ValidationError):
        delivery_retry(actor=manager, delivery=dead)


def test_a_redirect_is_not_followed(
    manager: User, rep: User, customer: Customer, receiver: tuple[Receiver, str]
) -> None:
    kept, url = receiver
    kept.status, kept.headers = 302, {"Location": url}
    hooked(manager, rep, customer, url)
    deliveries_send()
    assert len(kept.taken) == 1
    assert WebhookDelivery.objects.get().error == "Answered 302."


def test_a_worker_that_died_while_sending_leaves_it_to_be_sent_again(
    manager: User, rep: User, customer: Customer, receiver: tuple[Receiver, str]
) -> None:
    kept, url = receiver
    hooked(manager, rep, customer, url)
    WebhookDelivery.objects.update(state="sending", claimed_at=timezone.now())
    assert deliveries_send() == 0
    WebhookDelivery.objects.update(claimed_at=timezone.now() - timedelta(minutes=5))
    assert deliveries_send() == 1
    assert len(kept.taken) == 1


def test_our_own_machine_is_never_called(manager: User, rep: User, customer: Customer) -> None:
    hooked(manager, rep, customer, "http://127.0.0.1:5432/")
    deliveries_send()
    refused = WebhookDelivery.objects.get()
    assert refused.state == "dead"
    assert "inside a network" in refused.error


@pytest.fixture
def numeric(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses in any spelling are read by the system itself; that asks nobody."""
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
        "fec0::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:a00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "localhost",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused(host: str, numeric: None) -> None:
    with pytest.raises(OutgoingRefused):
        resolve(host, 80)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_called(address: str, numeric: None) -> None:
    assert resolve(address, 443) == address


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "//a.example/", "file:///etc/passwd", "https://", "https://u:p@a.example/",
     "http://a.example:99999/", "https://a.example/\r\nX: y", "https://a.example\\@b.example/", "https://a b.example/"],
)  # fmt: skip
def test_addresses_that_are_none_are_refused(url: str) -> None:
    with pytest.raises(OutgoingRefused):
        read_url(url)


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def found(*_given: Any, **_named: Any) -> list[Any]:
        return [(0, 0, 0, "", ("8.8.8.8", 80)), (0, 0, 0, "", ("10.0.0.8", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    with pytest.raises(OutgoingRefused):
        post("http://two-faced.example/", b"", {})


def test_an_answer_that_trickles_in_is_cut_off(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OUTGOING_LOOPBACK = True
    monkeypatch.setattr("crm.outgoing.SECONDS", 1)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            connection, _from = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not over.wait(0.2):
                    connection.sendall(b"a")

        sender = threading.Thread(target=trickle)
        sender.start()
        begun = time.monotonic()
        with pytest.raises(OutgoingFailed):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        assert time.monotonic() - begun < 6
        over.set()
        sender.join()
