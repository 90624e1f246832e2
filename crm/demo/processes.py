"""Web server, worker and beat as children of one process that ends them together."""

import multiprocessing
import os
import shlex
import signal
import socket
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

# a request that asks the database for longer than this is given up; jobs may take their time
WEB_DATABASE = {"DATABASE_POOL": "1", "DATABASE_STATEMENT_TIMEOUT_MS": "15000"}
READY_POLL_SECONDS = 0.25
# of no use here: a container's root is its only user, and whitenoise finds the assets without collectstatic
QUIET_WARNINGS = "ignore:You're running the worker with superuser,ignore:No directory at"
WILDCARDS = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not bound to


class PlainPrinter(Printer):
    """Lines of the three programs; honcho's own (started, sending SIGTERM) are left out."""

    def write(self, message: Message) -> None:
        if message.name != SYSTEM_PRINTER_NAME:
            super().write(message)


class Processes:
    """`run` blocks until Ctrl-C, SIGTERM, or the end of any of the three."""

    def __init__(self, *, host: str, port: int, scratch: Path) -> None:
        self.host, self.port, self.scratch = host, port, scratch
        self.stopped = threading.Event()
        self.failed = False

    def commands(self) -> dict[str, str]:
        options = {
            "web": f"granian --interface wsgi --host {self.host} --port {self.port} --workers 2"
            " --blocking-threads 2 --workers-kill-timeout 2 --respawn-failed-workers --no-ws"
            " --log-level warning crm.wsgi:application",
            "worker": "celery --app crm.celery --quiet worker --pool prefork --concurrency 2"
            " --loglevel WARNING --without-gossip --without-mingle",
            "beat": "celery --app crm.celery --quiet beat --loglevel WARNING --pidfile ''"
            f" --schedule {shlex.quote(str(self.scratch / 'beat'))}",
        }
        python = shlex.quote(sys.executable)
        return {name: f"exec {python} -m {command}" for name, command in options.items()}

    def environment(self, name: str) -> dict[str, str]:
        environment = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": QUIET_WARNINGS}
        if name == "web":
            environment |= WEB_DATABASE | {"PROMETHEUS_MULTIPROC_DIR": str(self.scratch / "metrics")}
            environment.setdefault("ALLOWED_HOSTS", ",".join([*settings.ALLOWED_HOSTS, *self.own_names()]))
        return environment

    def own_names(self) -> list[str]:
        """The names under which others reach this machine, when HOST lets them in at all."""
        if settings.LOOPBACK:
            return []
        if self.host not in WILDCARDS:
            return [self.host]
        name = socket.gethostname()
        addresses = {str(info[4][0]) for info in socket.getaddrinfo(name, None, socket.AF_INET)}
        return [name, socket.getfqdn(), *sorted(addresses)]

    def run(self, on_ready: Callable[[], None]) -> None:
        # honcho starts a small process per command; spawned afresh, each would read the settings again
        multiprocessing.set_start_method("fork", force=True)
        manager = Manager(PlainPrinter(sys.stdout))
        for name, command in self.commands().items():
            manager.add_process(name, command, env=self.environment(name), cwd=str(settings.BASE_DIR))
        herald = threading.Thread(target=self.announce, args=[on_ready], daemon=True)
        herald.start()
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        try:
            manager.loop()
        finally:
            self.stopped.set()
        self.failed = manager.returncode not in {0, 130, 143}

    def announce(self, on_ready: Callable[[], None]) -> None:
        """Call back once /readyz answers 200."""
        host = "127.0.0.1" if self.host in WILDCARDS else self.host
        url = f"http://[{host}]:{self.port}/readyz" if ":" in host else f"http://{host}:{self.port}/readyz"
        while not self.stopped.wait(READY_POLL_SECONDS):
            try:
                with urllib.request.urlopen(url, timeout=10):  # noqa: S310 - our own address
                    on_ready()
                    return
            except OSError:
                continue
