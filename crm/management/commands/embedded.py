import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm import embedded


class Command(BaseCommand):
    help = "Start, stop or show the PostgreSQL and Valkey servers that Tenure brings along."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["start", "stop", "status"])

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            self.stdout.write(getattr(self, verb)())
        except embedded.EmbeddedError as error:
            raise CommandError(str(error)) from error

    def start(self) -> str:
        embedded.ensure_started(settings.VAR_DIR, keep=True)
        return "The servers run until `manage.py embedded stop`."

    def stop(self) -> str:
        return "The servers are stopped." if embedded.stop(settings.VAR_DIR) else "No servers ran."

    def status(self) -> str:
        return json.dumps(embedded.status(settings.VAR_DIR), indent=2)
