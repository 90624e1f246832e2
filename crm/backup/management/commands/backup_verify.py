"""Prove that a backup can be restored."""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandParser

from crm.backup.errors import BackupError
from crm.backup.services import backup_verify, newest_backup
from crm.commands import JsonCommand


class Command(JsonCommand):
    help = (
        "Restore a backup into a scratch database, compare every table and upload, and write a dated proof."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "backup", type=Path, nargs="?", help="folder of the backup; the newest if left out"
        )
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            folder = options["backup"] or newest_backup(settings.BACKUP_DIR)
            manifest, warnings = backup_verify(folder=folder.resolve())
        except (BackupError, psycopg.Error) as fault:
            self.refuse(str(fault), as_json=options["json"])
        if options["json"]:
            self.print_document(
                {"backup": str(folder), "proved": True, **manifest.summary(), "warnings": warnings}
            )
            return
        for line in warnings:
            self.stderr.write(line)
        self.stdout.write(f"Proved: {folder} restores to {manifest.sentence()}")
