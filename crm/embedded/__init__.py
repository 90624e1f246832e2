"""PostgreSQL 18 and Valkey 9 out of two Python wheels, for machines that have no servers of their own.

Whoever needs the database calls `ensure_started`. A detached supervisor, one per VAR_DIR, is the parent of
both servers and ends them 60 seconds after the last connection, or on `stop`.
The reasons stand in docs/decisions/0001-embedded-servers.md.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from crm.embedded.config import (
    EmbeddedError,
    answers,
    is_supervised,
    lock,
    new_config,
    ports_are_free,
    read_config,
    state_of,
    wait_until,
)
from crm.embedded.place import home_of

__all__ = ["EmbeddedError", "connection_urls", "ensure_needed", "ensure_started", "is_kept", "status", "stop"]

START_SECONDS = 90
PROJECT = Path(__file__).resolve().parents[2]


def connection_urls(var_dir: Path) -> tuple[str, str]:
    """The addresses of database and broker; draws ports and passwords on first use, starts nothing."""
    with lock(var_dir, "start.lock"):
        config = read_config(var_dir)
        if config is None or not (is_supervised(var_dir) or ports_are_free(config)):
            config = new_config(var_dir, config)
    return config.database_url, config.redis_url


def ensure_started(var_dir: Path, *, keep: bool = False) -> None:
    """Return once both servers answer; start the supervisor if there is none."""
    connection_urls(var_dir)
    with lock(var_dir, "start.lock"):
        (state_of(var_dir) / "wanted").touch()
        if keep:
            (state_of(var_dir) / "keep").touch()
        config = read_config(var_dir)
        if config is None:
            raise EmbeddedError(f"{state_of(var_dir)} lost its configuration while the servers were started.")
        if not is_supervised(var_dir):
            _spawn_supervisor(var_dir)
        deadline = time.monotonic() + START_SECONDS
        while not answers(config):
            if not is_supervised(var_dir):
                raise EmbeddedError(f"The database servers did not start.\n{_log_tail(var_dir)}")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"The database servers did not answer in time.\n{_log_tail(var_dir)}")
            time.sleep(0.1)


def ensure_needed(var_dir: Path) -> None:
    """As ensure_started, unless the environment names other servers for both."""
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        ensure_started(var_dir)


def stop(var_dir: Path) -> bool:
    """Stop both servers and wait for their end; False if none ran."""
    with lock(var_dir, "start.lock"):
        (state_of(var_dir) / "keep").unlink(missing_ok=True)
        if not is_supervised(var_dir):
            return False
        pid = int((state_of(var_dir) / "supervisor.lock").read_text())
        for signum, seconds in ((signal.SIGTERM, 40), (signal.SIGKILL, 10)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
            if wait_until(lambda: not is_supervised(var_dir), seconds):
                return True
        raise EmbeddedError(f"The supervisor of the servers (process {pid}) does not end.")


def is_kept(var_dir: Path) -> bool:
    """True after `embedded start`: the servers then stay until `embedded stop`."""
    return (state_of(var_dir) / "keep").exists()


def status(var_dir: Path) -> dict[str, object]:
    config = read_config(var_dir)
    supervised = config is not None and is_supervised(var_dir)
    return {
        "running": bool(config and supervised and answers(config)),
        "kept": is_kept(var_dir),
        "data": str(home_of(var_dir, create=False)),
        "postgres_port": config.postgres_port if config else None,
        "valkey_port": config.valkey_port if config else None,
    }


def _log_tail(var_dir: Path) -> str:
    log = state_of(var_dir) / "servers.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""


def _spawn_supervisor(var_dir: Path) -> None:
    """Start the detached supervisor; when this returns it holds its lock, or its log says why not."""
    descriptor = os.open(state_of(var_dir) / "servers.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as log:
        subprocess.run(
            [sys.executable, "-m", "crm.embedded.supervisor", str(var_dir.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=PROJECT,
            check=False,
        )
