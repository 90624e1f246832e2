"""What a VAR_DIR keeps about its servers: ports, passwords and the locks that say who runs them."""

import contextlib
import dataclasses
import fcntl
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import psycopg
import redis

PORTS = range(12000, 20000)  # below the range the kernel hands to outgoing connections
GRACE_SECONDS = 10


class EmbeddedError(RuntimeError):
    """The servers cannot run; the text says why and what to do."""


@dataclasses.dataclass(frozen=True)
class Config:
    """What a VAR_DIR keeps about its servers."""

    postgres_port: int
    valkey_port: int
    owner_password: str
    password: str

    @property
    def database_url(self) -> str:
        return f"postgresql://tenure:{self.password}@127.0.0.1:{self.postgres_port}/tenure"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.valkey_port}/0"

    def connect(self, dbname: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection as the owner of the cluster; the program itself is the role `tenure`."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.postgres_port,
            user="postgres",
            password=self.owner_password,
            dbname=dbname,
            connect_timeout=5,
            autocommit=True,
        )

    def valkey(self) -> redis.Redis:
        return redis.Redis(
            host="127.0.0.1",
            port=self.valkey_port,
            password=self.password,
            socket_connect_timeout=5,
            decode_responses=True,
        )


def state_of(var_dir: Path) -> Path:
    return var_dir.resolve() / "embedded"


@contextlib.contextmanager
def lock(var_dir: Path, name: str) -> Iterator[IO[str]]:
    """Hold one of our lock files for the length of the block."""
    state = state_of(var_dir)
    try:
        state.mkdir(mode=0o711, parents=True, exist_ok=True)
        file = open(os.open(state / name, os.O_RDWR | os.O_CREAT, 0o600), "r+")  # noqa: SIM115 - closed below
    except PermissionError as error:
        raise EmbeddedError(
            f"{state} belongs to another user: set VAR_DIR to a folder of your own."
        ) from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def is_supervised(var_dir: Path) -> bool:
    """True while a supervisor lives: the kernel frees its lock at its death, whatever the cause."""
    try:
        with (state_of(var_dir) / "supervisor.lock").open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True


def read_config(var_dir: Path) -> Config | None:
    try:
        return Config(**json.loads((state_of(var_dir) / "config.json").read_text()))
    except FileNotFoundError:
        return None


def new_config(var_dir: Path, old: Config | None) -> Config:
    ports = iter(free_ports())
    config = Config(
        postgres_port=next(ports),
        valkey_port=next(ports),
        owner_password=old.owner_password if old else secrets.token_hex(24),
        password=old.password if old else secrets.token_hex(24),
    )
    path = state_of(var_dir) / "config.json"
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dataclasses.asdict(config), file)
    draft.replace(path)
    return config


def free_ports() -> Iterator[int]:
    while True:
        port = secrets.choice(PORTS)
        if is_free(port):
            yield port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def ports_are_free(config: Config) -> bool:
    """False if a stranger took one; servers of a supervisor that was just killed get a moment to go."""
    return wait_until(lambda: is_free(config.postgres_port) and is_free(config.valkey_port), GRACE_SECONDS)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def answers(config: Config) -> bool:
    try:
        with config.connect("tenure"), contextlib.closing(config.valkey()) as valkey:
            return bool(valkey.ping())
    except (psycopg.Error, redis.RedisError):
        return False
