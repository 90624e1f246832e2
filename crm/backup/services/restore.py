"""Restoring: everything is made and compared beside the running database, which is then exchanged in one moment.

Killed before that moment, the program's database is what it was; what was made so far is cleared away by the next run.
Uploads are added before the exchange, which changes nothing for the old database, and never removed.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from crm.backup.errors import BackupError
from crm.backup.manifest import LISTING, MEDIA, Manifest, check_files, read_manifest
from crm.backup.media import HIDDEN, file_hash, media_check, read_listing
from crm.backup.models import BackupRun
from crm.backup.server import (
    Connection,
    address_url,
    alone,
    connect,
    database_name,
    drop,
    end_sessions,
    scratch,
)
from crm.backup.services.backup import note
from crm.backup.services.verify import new_stamp, restore_into

#: tables that Django fills in an empty database by itself
OWN_ROWS = ("django_migrations", "django_content_type", "auth_permission", "crm_cache")
PROJECT = Path(__file__).resolve().parents[3]


def backup_restore(*, folder: Path, replace: bool = False) -> tuple[Manifest, str]:
    """Put the backup in the place of the database. Returns it, and the name under which the old one was kept.

    Raises BackupError, and has then changed nothing.
    """
    started = time.monotonic()
    manifest = read_manifest(folder)
    check_files(folder, manifest)
    check_version(manifest)
    filled = filled_table()
    if filled and not replace:
        raise BackupError(
            f"The database {database_name()} is not empty ({filled} holds rows): say --replace to put the backup in "
            "its place; it is kept under another name."
        )
    stamp = new_stamp()
    with alone() as session, scratch(session, stamp) as database:
        restore_into(database, folder, manifest)
        with unpacked(folder, stamp) as media:
            migrate(database)
            add_media(media, folder)
            kept = exchange(session, database, stamp)
            put_media(media, folder)
        if not filled:
            drop(session, kept)
    note(BackupRun.Kind.RESTORE, folder, manifest, time.monotonic() - started)
    return manifest, kept if filled else ""


def check_version(manifest: Manifest) -> None:
    known = {key for key, _migration in MigrationLoader(None).disk_migrations.items()}
    unknown = [f"{app}.{name}" for app, name in manifest.migrations if (app, name) not in known]
    ours = [name for name in unknown if name.split(".")[0] in {app for app, _name in known}]
    if ours:
        raise BackupError(
            f"The backup was made by a newer version of Tenure ({ours[0]} is not known here): update the program first."
        )


def filled_table() -> str:
    """A table of the current database that holds rows; empty for a new one."""
    with connect(database_name()) as session:
        names = session.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        for (name,) in names:
            query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name))
            row = session.execute(query).fetchone()
            if name not in OWN_ROWS and row and row[0]:
                return str(name)
    return ""


class unpacked:  # noqa: N801 - read as a verb: with unpacked(...)
    """The uploads of the backup in a folder beside the real ones, hashed; taken away at the end."""

    def __init__(self, folder: Path, stamp: str) -> None:
        self.folder, self.place = folder, Path(settings.MEDIA_ROOT) / f"{HIDDEN}{stamp}"

    def __enter__(self) -> Path:
        for old in self.place.parent.glob(f"{HIDDEN}*"):
            shutil.rmtree(old)
        self.place.mkdir(parents=True)
        media_check(self.folder / MEDIA, self.folder / LISTING, self.place)
        return self.place

    def __exit__(self, *_fault: object) -> None:
        shutil.rmtree(self.place, ignore_errors=True)


def add_media(media: Path, folder: Path) -> None:
    """Move what is not there yet into place; the old database names none of it."""
    for name in read_listing(folder / LISTING):
        target = Path(settings.MEDIA_ROOT) / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            (media / name).rename(target)


def put_media(media: Path, folder: Path) -> None:
    """Uploads that were there under the same name with other content."""
    for name, digest in read_listing(folder / LISTING).items():
        target = Path(settings.MEDIA_ROOT) / name
        if (media / name).exists() and file_hash(target) != digest:
            (media / name).replace(target)


def migrate(database: str) -> None:
    """Bring the tables of an older backup up to this version, before anybody sees them."""
    environment = os.environ | {"DATABASE_URL": address_url(database)}
    command = [sys.executable, str(PROJECT / "manage.py"), "migrate", "--noinput", "--verbosity", "0"]
    done = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise BackupError(f"The backup could not be brought up to this version: {lines[-1]}")


def exchange(session: Connection, database: str, stamp: str) -> str:
    """Give the restored database our name and ours another, in one transaction; return the other name."""
    name, kept = database_name(), f"{database_name()}_before_{stamp}"
    connections.close_all()
    for _attempt in range(20):
        try:
            end_sessions(session, name, database)
            with session.transaction():
                rename(session, name, kept)
                rename(session, database, name)
        except psycopg.errors.ObjectInUse:
            continue
        return kept
    raise BackupError(
        "The database stays in use: stop the web server, the workers and the beat, then try again."
    )


def rename(session: Connection, old: str, new: str) -> None:
    session.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    )
