"""The detached parent of the two servers: `python -m crm.embedded.supervisor VAR_DIR`."""

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psycopg
import psycopg.sql
import redis

from crm.embedded.config import Config, EmbeddedError, read_config, state_of
from crm.embedded.place import home_of, programs
from crm.embedded.servers import Postgres, Server, Valkey

IDLE_SECONDS = int(os.environ.get("EMBEDDED_IDLE_SECONDS", "60"))
RESTARTS_PER_MINUTE = 5


class Supervisor:
    """Lives as long as somebody needs the servers; starts one again that fell."""

    def __init__(self, var_dir: Path) -> None:
        config = read_config(var_dir)
        if config is None:
            raise EmbeddedError(f"{state_of(var_dir)} holds no configuration of the servers.")
        self.config, self.state, home = config, state_of(var_dir), home_of(var_dir)
        postgres, valkey = programs(home)
        self.servers: list[Server] = [Postgres(config, home, postgres), Valkey(config, home, valkey)]
        self.audience = Audience(config)
        self.restarts: list[float] = []
        self.ending = False

    def serve(self, lock: IO[str]) -> None:
        """Run until told to end, nobody is left, or VAR_DIR is deleted under us."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self.on_signal)
        try:
            for server in self.servers:
                server.start()
            self.prepare_database()
            used_at = time.time()
            while not self.ending and _is_same_file(self.state / "supervisor.lock", lock):
                self.restart_fallen()
                used_at = time.time() if self.audience.is_there() else used_at
                if self.is_idle_since(used_at) and self.end_quietly(lock, used_at):
                    return
                time.sleep(1)
        finally:
            self.stop_servers()

    def on_signal(self, signum: int, frame: object) -> None:
        self.ending = True

    def is_idle_since(self, used_at: float) -> bool:
        with contextlib.suppress(FileNotFoundError):
            used_at = max(used_at, (self.state / "wanted").stat().st_mtime)
        return time.time() - used_at > IDLE_SECONDS and not (self.state / "keep").exists()

    def end_quietly(self, lock: IO[str], used_at: float) -> bool:
        """End while holding the lock of those who start, so that nobody trusts dying servers."""
        with _try_lock(self.state / "start.lock") as got:
            if not got or not self.is_idle_since(used_at):
                return False
            self.stop_servers()
            lock.close()
            return True

    def prepare_database(self) -> None:
        """Make the role and the database of the program once PostgreSQL answers."""
        while True:
            try:
                connection = self.config.connect()
                break
            except psycopg.OperationalError:
                if self.ending:
                    raise EmbeddedError("The servers were told to end while they were starting.") from None
                self.restart_fallen()
                time.sleep(0.05)
        with connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'tenure'").fetchone():
                role = psycopg.sql.SQL("CREATE ROLE tenure LOGIN CREATEDB IN ROLE pg_monitor PASSWORD {}")
                connection.execute(role.format(self.config.password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'tenure'").fetchone():
                connection.execute("CREATE DATABASE tenure OWNER tenure")

    def restart_fallen(self) -> None:
        for server in self.servers:
            if server.has_ended():
                now = time.monotonic()
                self.restarts = [*(moment for moment in self.restarts if now - moment < 60), now]
                if len(self.restarts) > RESTARTS_PER_MINUTE:
                    raise EmbeddedError(f"{server.name} ends as soon as it is started.")
                time.sleep(0.3 * len(self.restarts))  # processes of a killed server need a moment to leave
                server.start()

    def stop_servers(self) -> None:
        self.audience.leave()
        for server in self.servers:
            server.ask_to_end()
        for server in self.servers:
            server.wait_for_end()


class Audience:
    """Knows whether anybody but ourselves is connected."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.monitor: psycopg.Connection[tuple[Any, ...]] | None = None
        self.seen: tuple[Any, ...] | None = None

    def is_there(self) -> bool:
        """True if a client is connected, or one came and went since the last look."""
        try:
            if self.monitor is None or self.monitor.closed:
                self.monitor = self.config.connect()
            row = self.monitor.execute(
                "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
                " (SELECT sum(sessions) FROM pg_stat_database)"
            ).fetchone()
            with contextlib.closing(self.config.valkey()) as valkey:
                valkey_clients = len(valkey.client_list())
        except (psycopg.Error, redis.RedisError, OSError):
            return False  # a server that does not answer has no clients; if it fell, it is started again
        before, self.seen = self.seen, row
        return (row is not None and row[0] > 1) or valkey_clients > 1 or before != row

    def leave(self) -> None:
        if self.monitor:
            self.monitor.close()


def _is_same_file(path: Path, file: IO[str]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _try_lock(path: Path) -> Iterator[bool]:
    """Take a lock or give up at once: a caller of `stop` holds it while it waits for us."""
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _take_lock(var_dir: Path) -> IO[str] | None:
    """The lock of the one supervisor; tried again, for whoever asks "is one there?" holds it for a moment."""
    lock = open(os.open(state_of(var_dir) / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")  # noqa: SIM115
    for _ in range(20):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return lock
    return None


def main(var_dir: Path) -> int:
    lock = _take_lock(var_dir)
    if lock is None:
        return 0
    pid = os.fork()
    if pid:  # the caller waits for this process only; the child keeps the lock
        lock.truncate(0)
        lock.write(str(pid))
        lock.flush()
        os._exit(0)
    try:
        Supervisor(var_dir).serve(lock)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
