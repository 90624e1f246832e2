"""Write a backup of the database and the uploads."""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandParser

from crm.backup.errors import BackupError
from crm.backup.services import backup_create, backup_verify
from crm.commands import JsonCommand


class Command(JsonCommand):
    help = "Back up database and uploads into a new folder below BACKUP_DIR: database.dump, media.tar, manifest.json."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR, metavar="FOLDER")
        parser.add_argument(
            "--keep", type=int, default=0, metavar="N", help="delete all but the newest N backups"
        )
        parser.add_argument("--verify", action="store_true", help="prove the backup at once")
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        warnings: list[str] = []
        try:
            folder, manifest = backup_create(to=options["to"].resolve(), keep=max(0, options["keep"]))
            if options["verify"]:
                manifest, warnings = backup_verify(folder=folder)
        except (BackupError, psycopg.Error) as fault:
            self.refuse(str(fault), as_json=options["json"])
        if options["json"]:
            self.print_document({"backup": str(folder), **manifest.summary(), "warnings": warnings})
            return
        self.stdout.write(f"{folder}: {manifest.sentence()}")
        for line in warnings:
            self.stderr.write(line)
        if not options["verify"]:
            self.stdout.write("A backup counts once it is proved: manage.py backup_verify")
