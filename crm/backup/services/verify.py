"""Proving a backup: restored into a scratch database, every table counted and hashed, every upload hashed."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.apps import apps
from django.db.models import FileField
from psycopg import sql

from crm.backup.errors import BackupError
from crm.backup.fingerprint import differences, fingerprint
from crm.backup.manifest import DUMP, LISTING, MEDIA, Manifest, check_files, read_manifest
from crm.backup.media import media_check, read_listing
from crm.backup.models import BackupRun
from crm.backup.server import Connection, alone, connect, run, scratch
from crm.backup.services.backup import note

RESTORE_OPTIONS = ("--exit-on-error", "--no-owner", "--no-privileges", "--jobs=2")
PROOF = "proof.json"


def backup_verify(*, folder: Path) -> tuple[Manifest, list[str]]:
    """Prove the backup and write the proof, dated, into its folder and the database; return it with its warnings.

    Raises BackupError if it cannot be restored to what was backed up; that is written down as well.
    """
    started, manifest = time.monotonic(), None
    try:
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        with alone() as session, scratch(session, new_stamp()) as database:
            restore_into(database, folder, manifest)
            media_check(folder / MEDIA, folder / LISTING)
            warnings = missing_files(database, folder)
    except BackupError as fault:
        note(
            BackupRun.Kind.VERIFY, folder, manifest, time.monotonic() - started, ok=False, message=str(fault)
        )
        raise
    done = note(
        BackupRun.Kind.VERIFY, folder, manifest, time.monotonic() - started, message=" ".join(warnings)
    )
    write_proof(folder, done, warnings)
    return manifest, warnings


def new_stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d%H%M%S")


def restore_into(database: str, folder: Path, manifest: Manifest) -> None:
    """Fill the empty database and compare it with what was backed up."""
    run("pg_restore", *RESTORE_OPTIONS, f"--dbname={database}", str(folder / DUMP), database=database)
    with connect(database) as session:
        found = differences(manifest.tables, fingerprint(session))
    if found:
        raise BackupError("The restored database differs from what was backed up. " + " ".join(found[:5]))


def missing_files(database: str, folder: Path) -> list[str]:
    """Uploads that rows name and the backup does not hold: a loss from before the backup, worth knowing."""
    packed = read_listing(folder / LISTING)
    with connect(database) as session:
        missing = [name for name in named_files(session) if name not in packed]
    if not missing:
        return []
    return [
        f"{len(missing)} uploads that records name were not there when it was made: {', '.join(missing[:3])}."
    ]


def named_files(session: Connection) -> Iterator[str]:
    tables = {
        name for (name,) in session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FileField) and model._meta.db_table in tables:
                query = sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} <> ''").format(
                    sql.Identifier(str(field.column)), sql.Identifier(model._meta.db_table)
                )
                yield from (name for (name,) in session.execute(query))


def write_proof(folder: Path, done: BackupRun, warnings: list[str]) -> None:
    proof = {
        "proved_at": done.created_at.isoformat(timespec="seconds"),
        "tables": done.tables,
        "rows": done.rows,
        "files": done.files,
        "seconds": done.seconds,
        "warnings": warnings,
    }
    try:
        (folder / PROOF).write_text(json.dumps(proof, indent=1))
    except OSError:
        return  # a backup on a medium that takes no more: the proof stands in the database
