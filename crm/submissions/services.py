"""Making one record of a form, however often it is sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, cast

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from crm.staff.models import User
from crm.submissions.errors import SentBefore
from crm.submissions.models import Submission
from crm.submissions.sent import Sent

M = TypeVar("M", bound=models.Model)
KEPT = timedelta(days=7)


@transaction.atomic
def submit_once(*, actor: User, sent: Sent, create: Callable[[], M]) -> M:
    """What `create` makes, or what this form made when it was sent first.

    Two sendings at once wait for each other at the unique key. Whoever may not create, or whose input the service
    refuses, leaves no row behind. Raises SentBefore, and whatever `create` raises.
    """
    if not sent.key:
        return create()
    row, is_new = Submission.objects.get_or_create(user=actor, key=sent.key, defaults={"digest": sent.digest})
    if not is_new:
        return cast(M, made_before(row, sent))
    made = create()
    row.object_type, row.object_id = made._meta.label_lower, made.pk
    row.save(update_fields=["object_type", "object_id"])
    return made


def made_before(row: Submission, sent: Sent) -> models.Model:
    made: models.Model | None = apps.get_model(row.object_type)._base_manager.filter(pk=row.object_id).first()
    if row.digest != sent.digest or made is None:
        raise SentBefore
    return made


def submissions_sweep() -> int:
    """Forget forms that nobody will send again; return how many."""
    count, _by_model = Submission.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return count
