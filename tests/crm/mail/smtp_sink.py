"""A mail server on this machine that keeps what it takes."""

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.db import connection

TAKEN = "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Sink:
    """`answer` decides about each mail when its text has arrived; what it takes stands in `taken`."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.raw: list[bytes] = []
        self.answer: Callable[[int], str] = lambda _count: TAKEN

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        answer = self.answer(len(self.taken))
        if answer == TAKEN:
            self.taken.append(message_from_bytes(envelope.content)["Message-ID"])
            self.raw.append(envelope.content)
        return answer

    @property
    def doubled(self) -> list[str]:
        return [message_id for message_id, count in Counter(self.taken).items() if count > 1]


class SignedInSink(Sink):
    """Takes mails of those who know the password, or hold one of the tokens."""

    def __init__(self, password: str) -> None:
        super().__init__()
        self.password, self.tokens = password, set[str]()

    def judge(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password.decode() == self.password, handled=False)

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802 - the library's name
        sent = base64.b64decode(args[1]).decode()
        known = any(f"auth=Bearer {token}\x01" in sent for token in self.tokens)
        return AuthResult(success=known, handled=False)


@contextmanager
def smtp_sink(password: str = "") -> Iterator[tuple[Any, int]]:
    sink = SignedInSink(password) if password else Sink()
    asked = (
        {"authenticator": sink.judge, "auth_required": True, "auth_require_tls": False} if password else {}
    )
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), **asked)
    controller.start()
    try:
        yield sink, controller.port
    finally:
        controller.stop()


WORKER = """
import django, time
django.setup()
from crm.jobs.models import Job
from crm.jobs.services import run
while True:
    for pk in Job.objects.filter(state="queued").order_by("?").values_list("pk", flat=True)[:20]:
        run(pk)
    time.sleep(0.01)
"""


def start_worker(port: int, code: str = WORKER) -> "subprocess.Popen[bytes]":
    database = connection.settings_dict
    address = f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_SMTP_PORT": str(port),
    }
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.DEVNULL)


def kill(worker: "subprocess.Popen[bytes]") -> None:
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()


def wait_until(found: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
