"""The servers that Tenure brings along, started for real in a folder of their own."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from crm import embedded
from crm.embedded import config, place, supervisor

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def var_dir() -> Iterator[Path]:
    """A folder that everybody may enter; pytest's own are private, which is another test."""
    folder = Path(tempfile.mkdtemp(prefix="tenure-test-"))
    folder.chmod(0o755)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


def supervisor_of(var_dir: Path) -> psutil.Process:
    return psutil.Process(int((var_dir / "embedded" / "supervisor.lock").read_text()))


def servers_of(var_dir: Path) -> list[psutil.Process]:
    return supervisor_of(var_dir).children()


def query(var_dir: Path, sql: str) -> object:
    with psycopg.connect(embedded.connection_urls(var_dir)[0]) as connection:
        cursor = connection.execute(sql)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_addresses_are_drawn_once_and_start_nothing(var_dir: Path) -> None:
    first = embedded.connection_urls(var_dir)
    assert embedded.connection_urls(var_dir) == first
    assert not embedded.status(var_dir)["running"]
    assert (var_dir / "embedded" / "config.json").stat().st_mode & 0o077 == 0


def test_both_servers_answer_and_only_with_the_password(var_dir: Path) -> None:
    embedded.ensure_started(var_dir)
    database_url, redis_url = embedded.connection_urls(var_dir)
    assert query(var_dir, "SHOW server_version_num") >= "180000"  # type: ignore[operator]
    assert redis.Redis.from_url(redis_url).config_get("appendonly") == {"appendonly": "yes"}
    password = database_url.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(database_url.replace(password, "wrong"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(redis_url.replace(password, "wrong")).ping()
    assert all(password not in " ".join(server.cmdline()) for server in servers_of(var_dir))


def test_database_is_utf8_with_the_builtin_collation_and_trusted_extensions(var_dir: Path) -> None:
    embedded.ensure_started(var_dir)
    locale = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'tenure'"
    assert query(var_dir, locale) == "bC.UTF-8"
    assert query(var_dir, "SELECT lower('ÄÖ')") == "äö"
    query(var_dir, "CREATE EXTENSION pg_trgm")
    assert query(var_dir, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the servers another user")
def test_root_runs_them_as_nobody(var_dir: Path) -> None:
    embedded.ensure_started(var_dir)
    assert {server.username() for server in servers_of(var_dir)} == {"nobody"}


def test_many_at_once_start_one_supervisor(var_dir: Path) -> None:
    code = (
        f"from crm import embedded as e; from pathlib import Path; e.ensure_started(Path({str(var_dir)!r}))"
    )
    with ThreadPoolExecutor(4) as pool:
        codes = pool.map(
            lambda _: subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode,
            range(4),
        )
        assert list(codes) == [0, 0, 0, 0]
    ours = [p for p in psutil.process_iter(["cmdline"]) if str(var_dir) in (p.info["cmdline"] or [])]
    assert len([p for p in ours if "crm.embedded.supervisor" in p.info["cmdline"]]) == 1


def test_data_outlives_a_stop(var_dir: Path) -> None:
    embedded.ensure_started(var_dir)
    query(var_dir, "CREATE TABLE kept AS SELECT 7 AS number")
    redis.Redis.from_url(embedded.connection_urls(var_dir)[1]).set("kept", "7")
    assert embedded.stop(var_dir)
    assert not embedded.stop(var_dir)
    embedded.ensure_started(var_dir)
    assert query(var_dir, "SELECT number FROM kept") == 7
    assert redis.Redis.from_url(embedded.connection_urls(var_dir)[1]).get("kept") == b"7"


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_killed_supervisor_leaves_nothing_behind_and_the_next_one_starts(var_dir: Path) -> None:
    embedded.ensure_started(var_dir)
    query(var_dir, "CREATE TABLE kept AS SELECT 7 AS number")
    servers = servers_of(var_dir)
    supervisor_of(var_dir).kill()
    _, alive = psutil.wait_procs(servers, timeout=60)
    assert [server for server in alive if server.status() != psutil.STATUS_ZOMBIE] == []
    embedded.ensure_started(var_dir)
    assert query(var_dir, "SELECT number FROM kept") == 7


def test_killed_servers_are_started_again(var_dir: Path) -> None:
    embedded.ensure_started(var_dir)
    for server in servers_of(var_dir):
        server.kill()
    assert config.wait_until(lambda: bool(embedded.status(var_dir)["running"]), 90)


def test_stale_pid_files_that_name_a_stranger_do_no_harm(var_dir: Path) -> None:
    embedded.ensure_started(var_dir)
    home = place.home_of(var_dir)
    embedded.stop(var_dir)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (home / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n")
        (home / "valkey" / "valkey.pid").write_text(f"{stranger.pid}\n")
        embedded.ensure_started(var_dir)
        assert stranger.poll() is None
        stranger.kill()


def test_a_taken_port_is_replaced_by_a_free_one(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "GRACE_SECONDS", 0.2)
    before = embedded.connection_urls(var_dir)
    port = int(before[0].rsplit(":", 1)[1].split("/")[0])
    with socket.create_server(("127.0.0.1", port)):
        after = embedded.connection_urls(var_dir)
    assert f":{port}/" not in after[0]
    assert before[0].split("@")[0] == after[0].split("@")[0]


def test_servers_end_when_their_folder_is_deleted(var_dir: Path) -> None:
    embedded.ensure_started(var_dir)
    process = supervisor_of(var_dir)
    (var_dir / "embedded" / "supervisor.lock").unlink()
    _, alive = psutil.wait_procs([process], timeout=90)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []


def test_idle_time_counts_from_the_last_use(var_dir: Path) -> None:
    embedded.connection_urls(var_dir)
    guard = supervisor.Supervisor(var_dir)
    (var_dir / "embedded" / "wanted").touch()
    long_ago = time.time() - supervisor.IDLE_SECONDS - 1
    assert not guard.is_idle_since(long_ago)
    os.utime(var_dir / "embedded" / "wanted", (long_ago, long_ago))
    assert guard.is_idle_since(long_ago)
    (var_dir / "embedded" / "keep").touch()
    assert not guard.is_idle_since(long_ago)


def test_they_end_some_time_after_the_last_connection(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDED_IDLE_SECONDS", "8")
    embedded.ensure_started(var_dir)
    with psycopg.connect(embedded.connection_urls(var_dir)[0]):
        time.sleep(12)
        assert config.is_supervised(var_dir)
    assert config.wait_until(lambda: not config.is_supervised(var_dir), 90)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers are another user's")
def test_a_private_home_is_left_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    var_dir = tmp_path / "var"
    try:
        embedded.ensure_started(var_dir)
        home = place.home_of(var_dir)
        assert home.parent == place.OUTSIDE
        assert query(var_dir, "SELECT 1") == 1
        assert tmp_path.stat().st_mode & 0o777 == 0o700
        assert home.stat().st_mode & 0o022 == 0
        assert (home / "postgres").stat().st_mode & 0o077 == 0
    finally:
        embedded.stop(var_dir)
        shutil.rmtree(place.home_of(var_dir))


def test_a_folder_outside_that_somebody_else_laid_out_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "OUTSIDE", tmp_path)
    name = place.outside_of(tmp_path / "var").name
    (tmp_path / name).symlink_to("/")
    with pytest.raises(embedded.EmbeddedError, match="not a folder of our own"):
        place.home_of(tmp_path / "var")
