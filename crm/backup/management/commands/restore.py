"""Put a backup in the place of the database."""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandParser

from crm.backup.errors import BackupError
from crm.backup.manifest import key_check
from crm.backup.services import backup_restore
from crm.commands import JsonCommand

OTHER_KEY = (
    "The backup was made with another SECRET_KEY: everybody signs in anew, and passwords of mail accounts and second "
    "factors that were stored encrypted must be entered again."
)


class Command(JsonCommand):
    help = "Restore a backup: made and compared beside the database, then exchanged in one moment, or not at all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, help="folder of the backup")
        parser.add_argument(
            "--replace", action="store_true", help="put it in the place of a database that is not empty"
        )
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest, kept = backup_restore(folder=options["backup"].resolve(), replace=options["replace"])
        except (BackupError, psycopg.Error) as fault:
            self.refuse(str(fault), as_json=options["json"])
        warnings = [OTHER_KEY] if manifest.key_check != key_check() else []
        if options["json"]:
            document = {"database": settings.DATABASES["default"]["NAME"], "kept_as": kept or None}
            self.print_document({**document, **manifest.summary(), "warnings": warnings})
            return
        self.stdout.write(f"Restored: {manifest.sentence()}")
        if kept:
            self.stdout.write(f"The database that was there is kept as {kept}. Drop it when all is well.")
        for line in warnings:
            self.stderr.write(line)
