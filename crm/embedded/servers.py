"""The two servers: how each is prepared, started as a child that dies with its parent, and ended."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from crm.embedded.config import Config, EmbeddedError
from crm.embedded.place import SERVER_ENVIRONMENT, identity, run_as_server, server_user

PR_SET_PDEATHSIG = 1
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    # nobody replicates from here: a table filled in the transaction that made it need not be logged
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_compression": "off",
    "random_page_cost": "1.1",
    "huge_pages": "off",
    "jit": "off",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
MEGABYTE = 2**20
SCRATCH = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def sized_by_memory() -> dict[str, str]:
    """An eighth of the machine's memory for pages of the database, at most a gigabyte: others live here too."""
    total = psutil.virtual_memory().total // MEGABYTE
    shared = min(max(total // 8, 128), 1024)
    return {"shared_buffers": f"{shared}MB", "effective_cache_size": f"{max(total // 2, shared)}MB"}


class Server:
    """A child; `farewell` is the signal that asks it to end, from us or from the kernel at our death."""

    name: str
    farewell: signal.Signals
    process: "subprocess.Popen[bytes] | None" = None

    def __init__(self, config: Config, home: Path, program: Path) -> None:
        self.config, self.program, self.home = config, program, home
        self.data = home / self.name

    def start(self) -> None:
        raise NotImplementedError

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def ask_to_end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.farewell)

    def wait_for_end(self) -> None:
        if self.process:
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def launch(self, arguments: list[str], stdin: str = "") -> None:
        libc, parent, farewell = ctypes.CDLL(None), os.getpid(), int(self.farewell)

        def follow_parent() -> None:
            if sys.platform == "linux":
                libc.prctl(PR_SET_PDEATHSIG, farewell)
                if os.getppid() != parent:
                    os._exit(1)

        self.process = subprocess.Popen(
            [str(self.program), *arguments],
            stdin=subprocess.PIPE,
            cwd="/",
            env=SERVER_ENVIRONMENT,
            preexec_fn=follow_parent,  # runs after the change of user, which would clear the death signal
            **identity(),
        )
        if self.process.stdin:
            with contextlib.suppress(BrokenPipeError), self.process.stdin as pipe:
                pipe.write(stdin.encode())

    def folder(self, name: str) -> Path:
        """A folder in our home that belongs to the servers' user alone."""
        path, user = self.home / name, server_user()
        path.mkdir(mode=0o700, exist_ok=True)
        if user:
            os.chown(path, user.pw_uid, user.pw_gid)
        return path

    def end_leftover(self, pid_file: Path, mark: str) -> None:
        """End a server of ours whose supervisor was killed; drop a pid file that names a stranger."""
        with contextlib.suppress(FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            if mark in " ".join(process.cmdline()):
                process.send_signal(self.farewell)
                try:
                    process.wait(30)
                except psutil.TimeoutExpired:
                    raise EmbeddedError(
                        f"A server of an earlier run does not end (see {pid_file})."
                    ) from None
        pid_file.unlink(missing_ok=True)


class Postgres(Server):
    name = "postgres"
    farewell = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def start(self) -> None:
        self.end_leftover(self.data / "postmaster.pid", str(self.data))
        if not self.data.exists():
            self.initdb()
        self.data.chmod(0o700)  # whatever a `chmod -R` made of it: PostgreSQL insists
        sockets = self.folder("run")
        for leftover in sockets.iterdir():  # a lock beside a socket may name a process that is long gone
            leftover.unlink()
        settings = {**POSTGRES_SETTINGS, **sized_by_memory(), "port": str(self.config.postgres_port)}
        # the path of a socket holds at most 107 characters; without one there is loopback
        settings["unix_socket_directories"] = str(sockets) if len(str(sockets)) < 85 else ""
        if os.environ.get("EMBEDDED_DURABLE") == "0":  # tests: if the machine crashes, their data may be lost
            settings |= SCRATCH
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.launch(["-D", str(self.data), *options])

    def initdb(self) -> None:
        """Make the cluster beside its place and move it there whole."""
        draft, secret, user = self.home / "postgres.new", self.folder("run") / "password", server_user()
        shutil.rmtree(draft, ignore_errors=True)
        secret.unlink(missing_ok=True)
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self.config.owner_password)
        if user:
            os.chown(secret, user.pw_uid, user.pw_gid)
        target = [
            "-D",
            str(self.folder(draft.name)),
            "-U",
            "postgres",
            f"--pwfile={secret}",
            "-A",
            "scram-sha-256",
        ]
        locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        done = run_as_server([str(self.program.with_name("initdb")), *target, *locale, "--no-instructions"])
        secret.unlink()
        if done.returncode:
            raise EmbeddedError(f"initdb failed: {done.stdout}{done.stderr}")
        draft.rename(self.data)


class Valkey(Server):
    name = "valkey"
    farewell = signal.SIGTERM

    def start(self) -> None:
        data = self.folder(self.name)
        self.end_leftover(data / "valkey.pid", f"127.0.0.1:{self.config.valkey_port}")
        config = {
            "port": self.config.valkey_port,
            "bind": "127.0.0.1",
            "requirepass": self.config.password,
            "dir": f'"{data}"',
            "pidfile": f'"{data}/valkey.pid"',
            "appendonly": "yes",
            "save": '""',
            "loglevel": "warning",
            "daemonize": "no",
        }
        text = "".join(f"{key} {value}\n" for key, value in config.items())
        self.launch(["-"], stdin=text)  # so the password is not in the list of processes
