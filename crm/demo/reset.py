"""Empties the database, the broker and the uploads of a demo; refuses servers that are not our own."""

import shutil

import psycopg
import psycopg.sql
import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from crm import embedded


def forget_everything() -> None:
    database_url, redis_url = embedded.connection_urls(settings.VAR_DIR)
    given = (settings.DATABASE_URL, settings.REDIS_URL)
    if not settings.DEMO or given != (database_url, redis_url):
        raise ImproperlyConfigured(
            "Only the servers of the demo itself are emptied: unset DATABASE_URL and REDIS_URL."
        )
    connection.close()
    name = psycopg.sql.Identifier(str(connection.settings_dict["NAME"]))
    with psycopg.connect(database_url.rsplit("/", 1)[0] + "/postgres", autocommit=True) as maintenance:
        maintenance.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        maintenance.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(name))
    with redis.Redis.from_url(redis_url) as broker:
        broker.flushall()
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
