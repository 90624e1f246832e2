from collections.abc import Callable

import pytest

from crm.jobs.models import Job
from crm.jobs.services import run
from crm.notifications.models import Notification
from crm.staff.models import User


@pytest.fixture
def told() -> Callable[..., list[Notification]]:
    """What a person was told, oldest first: told(user, "mention")."""

    def found(user: User, kind: str = "") -> list[Notification]:
        rows = Notification.objects.filter(user=user).order_by("pk")
        return list(rows.filter(kind=kind) if kind else rows)

    return found


@pytest.fixture
def work() -> Callable[..., None]:
    """Runs the queued jobs of a name to their end: work("notifications.tell_followers")."""

    def done(name: str) -> None:
        for pk in Job.objects.filter(name=name, state="queued").order_by("pk").values_list("pk", flat=True):
            run(pk)

    return done
