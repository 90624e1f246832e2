"""Settings of the tests: servers and data of their own below VAR_DIR/test, never those of a running demo."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
if "TEST_VAR_DIR" not in os.environ:  # commands that a test starts inherit it
    os.environ["TEST_VAR_DIR"] = str(Path(os.environ.get("VAR_DIR") or PROJECT / "var").resolve() / "test")
os.environ["VAR_DIR"] = os.environ["TEST_VAR_DIR"]
os.environ["EMBEDDED_DURABLE"] = "0"
for name in (
    "DEMO",
    "PRODUCTION",
    "DEBUG",
    "HOST",
    "PUBLIC_URL",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "EMAIL_HOST",
    "MAIL_FROM",
):
    os.environ.pop(name, None)

import psycopg  # noqa: E402

from crm import embedded  # noqa: E402 - the environment must stand before settings are read
from crm.settings import *  # noqa: E402, F403
from crm.settings import (  # noqa: E402
    ACCESS_OBJECTS,
    DATABASE_URL,
    INSTALLED_APPS,
    JOB_KINDS,
    RECORD_KINDS,
    RULE_FIELDS,
    SEARCH_SOURCES,
    VAR_DIR,
)
from crm.settings import REDIS_URL as SHARED_REDIS_URL  # noqa: E402

embedded.ensure_needed(VAR_DIR)
# the servers end a minute after their last connection, and collecting all tests may take longer than that
CONNECTION_THAT_KEEPS_THEM = psycopg.connect(DATABASE_URL)

MAILBOX_HOSTS = ["127.0.0.1", "localhost"]  # the servers of tests

# each process of pytest-xdist has a database of its own (pytest-django) and a broker of its own (here)
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
REDIS_URL = SHARED_REDIS_URL.rsplit("/", 1)[0] + f"/{int(WORKER.removeprefix('gw') or 0) + 1}"
CELERY_BROKER_URL = REDIS_URL
MEDIA_ROOT = VAR_DIR / f"media{WORKER}"
# a worker that a test starts sends to the test's own sink
MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if "TEST_SMTP_PORT" in os.environ:
    MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["TEST_SMTP_PORT"])
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.sample"]
JOB_KINDS = [*JOB_KINDS, "tests.sample.kinds.KINDS"]
# a kind of record that only tests know: what its declaration is worth (tests/crm/records/test_sample_kind.py)
ROOT_URLCONF = "tests.urls"
ACCESS_OBJECTS = [*ACCESS_OBJECTS, "tests.sample.machines.OBJECTS"]
RECORD_KINDS = [*RECORD_KINDS, "tests.sample.machines.MACHINES"]
RULE_FIELDS = [*RULE_FIELDS, "tests.sample.machines.CUSTOMER_MACHINES"]
SEARCH_SOURCES = [*SEARCH_SOURCES, "tests.sample.machines.SEARCH"]
