"""Unsafe settings refuse to start with a sentence; safe ones pass Django's own checks without a warning."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SAFE = {
    "PRODUCTION": "1",
    "SECRET_KEY": "k7Jw0Zq3-Vh2mXc8R_tLpY5sNd1BfGa6UeQo9iTzHbKx4WyMrSv",
    "ALLOWED_HOSTS": "crm.example.com",
    "PUBLIC_URL": "https://crm.example.com",
    "DATABASE_URL": "postgresql://tenure:secret@127.0.0.1:1/tenure",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


def check(**changes: str) -> "subprocess.CompletedProcess[str]":
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "EMBEDDED_"))
    }
    environment = ours | {"DJANGO_SETTINGS_MODULE": "crm.settings"} | SAFE | changes
    command = [sys.executable, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_safe_settings_pass_without_a_warning() -> None:
    done = check()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
        ({"DATABASE_URL": "sqlite:///x"}, "Tenure runs on PostgreSQL only"),
        ({"PRODUCTION": "perhaps"}, "is neither yes nor no"),
        ({"UPLOAD_LIMIT_MB": "many"}, "is not a whole number"),
    ],
)
def test_unsafe_or_unreadable_settings_refuse_to_start(changes: dict[str, str], sentence: str) -> None:
    done = check(**changes)
    assert done.returncode != 0
    assert sentence in done.stderr
