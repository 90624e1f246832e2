"""Making a backup: dump, hashes of every table and migrations out of one snapshot, then the uploads."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import psycopg
from django.conf import settings

from crm.backup.errors import BackupError
from crm.backup.fingerprint import Fingerprint, fingerprint
from crm.backup.manifest import DUMP, LISTING, MEDIA, Manifest, described_files, key_check, write_manifest
from crm.backup.media import media_pack
from crm.backup.models import BackupRun
from crm.backup.server import Connection, connect, database_name, run

UNFINISHED = ".unfinished-"
STAMP = "%Y-%m-%dT%H%M%SZ"


def backup_create(*, to: Path, keep: int = 0) -> tuple[Path, Manifest]:
    """Write a backup into a new folder below `to`, whole or not at all; keep the newest `keep` (0: all)."""
    started = time.monotonic()
    stamp = datetime.now(UTC).strftime(STAMP)
    draft, folder = to / f"{UNFINISHED}{stamp}", to / stamp
    try:
        draft.mkdir(mode=0o700, parents=True)
        manifest = fill(draft)
        draft.rename(folder)
    except psycopg.errors.UndefinedTable as fault:
        raise BackupError("The database is empty: there is nothing to back up.") from fault
    except OSError as fault:
        raise BackupError(f"The backup was not written: {fault}.") from fault
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    note(BackupRun.Kind.BACKUP, folder, manifest, time.monotonic() - started)
    forget_old(to, keep)
    return folder, manifest


def fill(folder: Path) -> Manifest:
    with connect(database_name()) as session:
        session.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables = dumped(session, folder / DUMP)
        migrations = session.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall()
        version = session.info.server_version
    media_files = media_pack(settings.MEDIA_ROOT, folder / MEDIA, folder / LISTING)
    manifest = Manifest(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        postgres=version,
        tables=tables,
        migrations=[list(row) for row in migrations],
        files=described_files(folder),
        media_files=media_files,
        key_check=key_check(),
    )
    write_manifest(folder, manifest)
    for path in folder.iterdir():
        path.chmod(0o600)
    return manifest


def dumped(session: Connection, path: Path) -> Fingerprint:
    """Dump and hash the same snapshot side by side."""
    row = session.execute("SELECT pg_export_snapshot()").fetchone()
    faults: list[BackupError] = []

    def dump() -> None:
        try:
            run(
                "pg_dump",
                *DUMP_OPTIONS,
                f"--snapshot={row[0] if row else ''}",
                f"--file={path}",
                database=name,
            )
        except BackupError as fault:
            faults.append(fault)

    name = database_name()
    thread = Thread(target=dump)
    thread.start()
    try:
        tables = fingerprint(session)
    finally:
        thread.join()
    if faults:
        raise faults[0]
    return tables


DUMP_OPTIONS = (
    "--format=custom",
    "--compress=gzip:1",
    "--no-owner",
    "--no-privileges",
    "--no-unlogged-table-data",
)


def note(
    kind: str, folder: Path, manifest: Manifest | None, seconds: float, *, ok: bool = True, message: str = ""
) -> BackupRun:
    found = (
        {
            "tables": len(manifest.tables),
            "rows": manifest.rows,
            "files": manifest.media_files,
            "bytes": manifest.bytes,
        }
        if manifest
        else {}
    )
    return BackupRun.objects.create(
        kind=kind, backup=folder.name[:100], ok=ok, message=message, seconds=round(seconds, 2), **found
    )


def backups(to: Path) -> list[Path]:
    """Finished backups below the folder, oldest first."""
    if not to.is_dir():
        return []
    return sorted(path for path in to.iterdir() if is_stamp(path.name))


def is_stamp(name: str) -> bool:
    try:
        datetime.strptime(name, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def newest_backup(to: Path) -> Path:
    found = backups(to)
    if not found:
        raise BackupError(f"There is no backup in {to}: make one with manage.py backup.")
    return found[-1]


def forget_old(to: Path, keep: int) -> None:
    for folder in backups(to)[:-keep] if keep else []:
        shutil.rmtree(folder)
