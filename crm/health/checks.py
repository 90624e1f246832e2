"""What must hold before this process may be sent visitors; each check says in plain words what is missing."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from crm.demo.selectors import unloaded_parts
from crm.jobs.models import Job

_applied: set[str] = set()  # once applied, migrations stay applied for the life of a process


def problems() -> dict[str, str]:
    """The failed checks by name, empty when all is well; a check that cannot be made is left out."""
    found = {"broker": broker()}
    found["database"] = database()
    if not found["database"]:
        checks: dict[str, Callable[[], str]] = {"migrations": migrations, "queue": queue, "demo": demo}
        for name, check in checks.items():
            if found.get("migrations"):
                break  # tables may be missing: the rest would only repeat that
            found[name] = check()
    return {name: text for name, text in found.items() if text}


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "The database does not answer."
    return ""


def broker() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return "The broker does not answer."
    return ""


def migrations() -> str:
    if "all" in _applied:
        return ""
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        return f"{waiting} migrations are not applied."
    _applied.add("all")
    return ""


def queue() -> str:
    """A job that nobody has taken for long means that no worker is at work."""
    oldest = (
        Job.objects.filter(state=Job.State.QUEUED).order_by("due_at").values_list("due_at", flat=True).first()
    )
    seconds = (timezone.now() - oldest).total_seconds() if oldest else 0
    return (
        f"A job has been waiting for {seconds:.0f} seconds." if seconds > settings.READY_QUEUE_SECONDS else ""
    )


def demo() -> str:
    parts = unloaded_parts() if settings.DEMO else []
    return f"Not loaded yet: {', '.join(parts)}." if parts else ""
