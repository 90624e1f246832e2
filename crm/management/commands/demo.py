"""The whole program on one machine with a fictional company in it: web, worker and beat until Ctrl-C."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from crm import embedded
from crm.demo.processes import Processes
from crm.demo.reset import forget_everything
from crm.demo.services import demo_load

ROLES = ("rep", "agent", "marketer", "manager", "admin")
PASSWORD = "tenure-demo"  # noqa: S105 - printed for everybody to see


class Command(BaseCommand):
    help = "Load the fictional company (once) and run web server, worker and beat until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="throw the data away and start over")
        parser.add_argument("--load-only", action="store_true", help="load the company and end")

    def handle(self, *args: Any, reset: bool, load_only: bool, **options: Any) -> None:
        if settings.PRODUCTION or not settings.DEMO:
            raise CommandError("The demo needs DEMO=1 and no PRODUCTION: start it with `make demo`.")
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, _interrupt)
        started_at = timezone.now()
        check_port = [sys.executable, str(settings.BASE_DIR / "scripts" / "port.py")]
        if not load_only and subprocess.run(check_port, check=False).returncode:
            raise SystemExit(1)
        alone = self.take_folder()
        try:
            self.prepare(reset=reset)
            if not load_only:
                self.run(started_at)
        except KeyboardInterrupt:
            self.stdout.write("Stopping ...")
        finally:
            connection.close()
            self.stop_servers()
            alone.close()

    def take_folder(self) -> IO[str]:
        """Whoever stops the demo stops its servers, so one demo runs from a VAR_DIR: the lock dies with it."""
        file = open(os.open(Path(settings.VAR_DIR) / "demo.lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")  # noqa: SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise CommandError(
                f"The demo already runs from {settings.VAR_DIR}. Stop it first, or give this one a VAR_DIR of its own."
            ) from None
        return file

    def prepare(self, *, reset: bool) -> None:
        if reset:
            self.stdout.write("Throwing the data away ...")
            forget_everything()
        self.stdout.write("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
        demo_load(say=self.stdout.write)
        connection.close()

    def run(self, started_at: Any) -> None:
        port = os.environ.get("PORT") or "8000"
        processes = Processes(host=settings.HOST, port=int(port), scratch=self.scratch())
        processes.run(on_ready=lambda: self.welcome(port, started_at))
        if processes.failed:
            raise CommandError("A part of the program ended by itself; the lines above say why.")

    def scratch(self) -> Path:
        """An empty folder for what the processes share; numbers of an earlier run would be counted again."""
        folder = Path(settings.VAR_DIR) / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "metrics").mkdir(parents=True)
        return folder

    def welcome(self, port: str, started_at: Any) -> None:
        seconds = (timezone.now() - started_at).total_seconds()
        lines = [
            "",
            f"  Tenure is ready (after {seconds:.0f} s):  http://localhost:{port}",
            "",
            *(f"    {role + '@tenure.example':<26} {PASSWORD}" for role in ROLES),
            "",
            "  Ctrl-C stops everything; the data stays. `make demo-reset` starts over.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()
        sys.stdout.flush()

    def stop_servers(self) -> None:
        if not embedded.is_kept(settings.VAR_DIR):
            embedded.stop(settings.VAR_DIR)


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
