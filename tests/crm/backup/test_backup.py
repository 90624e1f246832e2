"""A backup is worth what its restore is worth: dropped, restored, signed in."""

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from contacts.models import Attachment, Customer
from contacts.services.engagement import attachment_create
from crm.backup.models import BackupRun
from crm.backup.server import address, connect, database_name
from crm.company.selectors import forget_company
from crm.staff.models import User
from tests.conftest import database_rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("backup")]
PROJECT = Path(__file__).resolve().parents[3]


def command(name: str, *arguments: object, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command(name, *map(str, arguments), json=True, stdout=out, **options)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def refusal(name: str, *arguments: object, **options: Any) -> str:
    with pytest.raises(CommandError) as fault:
        call_command(name, *map(str, arguments), **options)
    return str(fault.value)


@pytest.fixture(autouse=True)
def _place(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.BACKUP_DIR = tmp_path / "media", tmp_path / "backups"
    # commands that a restore starts find the database of this test
    at = connection.settings_dict
    settings.DATABASE_URL = (
        f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    )


@pytest.fixture(autouse=True)
def _nothing_left(db: None) -> Iterator[None]:
    """Databases that restores keep or leave are dropped; the rows of the test's own go with its flush."""
    yield
    with psycopg.connect(**address("postgres"), autocommit=True) as session:  # type: ignore[arg-type]
        for name in other_databases():
            session.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def other_databases() -> list[str]:
    with connect("postgres") as session:
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname <> %s ORDER BY 1"
        names = session.execute(query, [database_name() + r"\_%", database_name()]).fetchall()
    return [name for (name,) in names]


@pytest.fixture
def backup(customer: Customer, rep: User, admin: User) -> Path:
    admin.set_password("a-good-password-1")
    admin.save()
    upload = SimpleUploadedFile("offer.txt", b"The offer as it was.")
    attachment_create(actor=rep, customer=customer, upload=upload)
    return Path(command("backup")["backup"])


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """All rows but those that tell of backups."""
    return {name: found for name, found in database_rows().items() if name != "backup_backuprun"}


def media() -> dict[str, bytes]:
    root = Path(django_settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def wreck() -> None:
    Customer.objects.update(name="Overwritten")
    User.objects.filter(name="Admin").update(password="!")
    for path in Path(django_settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            path.write_bytes(b"overwritten")


def test_restored_after_a_disaster_everything_is_there_and_people_sign_in(backup: Path) -> None:
    before, files = rows(), media()
    wreck()
    told = command("restore", backup, replace=True)
    assert told["kept_as"].startswith(f"{database_name()}_before_")
    forget_company()
    assert (rows(), media()) == (before, files)
    attachment = Attachment.objects.get()
    with attachment.file.open() as file:
        assert file.read() == b"The offer as it was."
    client = Client()
    sent = {"login": "admin@tenure.example", "password": "a-good-password-1"}
    assert client.post("/accounts/login/", sent).status_code == 302
    assert client.get("/customers/").status_code == 200
    run = BackupRun.objects.get(kind="restore")
    assert (run.ok, run.files) == (True, 1)


def test_the_database_that_was_there_is_kept(backup: Path) -> None:
    wreck()
    kept = command("restore", backup, replace=True)["kept_as"]
    with connect(kept) as session:
        found = session.execute("SELECT name FROM contacts_customer").fetchall()
    assert found == [("Overwritten",)]


def test_a_filled_database_is_not_replaced_without_a_word(backup: Path) -> None:
    wreck()
    before, files = rows(), media()
    assert "is not empty" in refusal("restore", backup)
    assert (rows(), media(), other_databases()) == (before, files, [])


def test_a_backup_is_proved_by_restoring_it(backup: Path) -> None:
    told = command("backup_verify")
    assert (told["proved"], told["files"], told["warnings"]) == (True, 1, [])
    proof = json.loads((backup / "proof.json").read_text())
    assert proof["rows"] == told["rows"] > 0
    run = BackupRun.objects.get(kind="verify")
    assert (run.ok, run.rows, run.backup) == (True, told["rows"], backup.name)
    assert other_databases() == []


@pytest.mark.parametrize("name", ["database.dump", "media.tar", "media.sha256", "manifest.json"])
def test_a_damaged_file_is_refused_in_plain_words(backup: Path, name: str) -> None:
    wreck()
    before, files = rows(), media()
    content = bytearray((backup / name).read_bytes())
    content[len(content) // 2] ^= 1
    (backup / name).write_bytes(content)
    for refused in (refusal("restore", backup, replace=True), refusal("backup_verify", backup)):
        assert "the backup is damaged" in refused
        assert name in refused
    assert (rows(), media(), other_databases()) == (before, files, [])
    assert BackupRun.objects.get(kind="verify").ok is False


@pytest.mark.parametrize("name", ["database.dump", "media.tar", "media.sha256"])
def test_a_file_that_is_cut_short_or_missing_is_refused(backup: Path, name: str) -> None:
    content = (backup / name).read_bytes()
    (backup / name).write_bytes(content[:-10])
    assert f"{name} is" in refusal("backup_verify", backup)
    (backup / name).unlink()
    assert f"{name} is missing" in refusal("backup_verify", backup)


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "it is no backup" in refusal("restore", tmp_path / "empty")
    assert "There is no backup" in refusal("backup_verify")


def test_a_backup_of_a_newer_version_is_refused(backup: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('staff', '0999_later', now())"
        )
    try:
        newer = Path(command("backup", to=backup.parent / "newer")["backup"])
        assert "newer version of Tenure (staff.0999_later" in refusal("restore", newer, replace=True)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '0999_later'")


def test_an_upload_that_was_lost_before_is_told(customer: Customer, rep: User) -> None:
    attachment_create(actor=rep, customer=customer, upload=SimpleUploadedFile("a.txt", b"here"))
    Path(Attachment.objects.get().file.path).unlink()
    command("backup")
    assert "1 uploads that records name were not there" in command("backup_verify")["warnings"][0]


def test_values_that_a_restore_changed_would_be_found(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: a restore that loses one character of one row."""
    from crm.backup.services import verify

    restore = verify.run

    def lossy(*arguments: str, database: str) -> None:
        restore(*arguments, database=database)
        with connect(database) as session:
            session.execute("UPDATE contacts_customer SET name = name || '.'")

    monkeypatch.setattr(verify, "run", lossy)
    assert "Table contacts_customer holds other values" in refusal("backup_verify")


def test_only_the_newest_are_kept(backup: Path) -> None:
    old = backup.with_name("2020-01-01T000000Z")
    backup.rename(old)
    foreign = backup.with_name("notes")
    foreign.mkdir()
    newest = Path(command("backup", keep=1)["backup"])
    assert sorted(backup.parent.iterdir()) == sorted([newest, foreign])


def test_two_restores_do_not_meet(backup: Path) -> None:
    with connect("postgres", autocommit=True) as session:
        session.execute("SELECT pg_advisory_lock(7102)")
        assert "Another restore or proof is at work" in refusal("restore", backup, replace=True)


RESTORE = """
import django, sys
django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[2]
from django.core.management import call_command
call_command("restore", sys.argv[1], "--replace")
"""


@pytest.mark.slow
def test_killed_at_any_moment_a_restore_changes_nothing_or_is_whole(backup: Path) -> None:
    good, good_files = rows(), media()
    wreck()
    wrecked = rows()
    environment = os.environ | {
        "DATABASE_URL": django_settings.DATABASE_URL,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    seen = []
    for seconds in (2.5, 3.5, 4.2, 5.0):
        restore = subprocess.Popen(
            [sys.executable, "-c", RESTORE, str(backup), str(django_settings.MEDIA_ROOT)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=PROJECT,
        )
        time.sleep(seconds + random.uniform(0, 0.5))
        os.killpg(restore.pid, signal.SIGKILL)
        restore.wait()
        connection.close()
        seen.append("good" if rows() == good else "wrecked" if rows() == wrecked else "half")
    assert "half" not in seen
    command("restore", backup, replace=True)
    now = rows()
    assert {name: now[name] for name in now if now[name] != good[name]} == {}
    assert media() == good_files
    assert [name for name in other_databases() if "_scratch_" in name] == []
    assert [path for path in Path(django_settings.MEDIA_ROOT).iterdir() if path.name.startswith(".")] == []


def test_those_who_may_not_create_databases_are_told_so(
    backup: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from crm.backup import server

    def refuse(*_arguments: object) -> None:
        raise psycopg.errors.InsufficientPrivilege

    monkeypatch.setattr(server, "creation", refuse)
    assert "may not create databases: ALTER ROLE" in refusal("backup_verify")
