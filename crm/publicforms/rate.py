"""Limits for people without an account, counted in the database so that all web servers count together."""

import hashlib
import hmac
import time
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F

from crm.publicforms.models import Visit

DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Limit:
    """At most `most` in any window of `seconds` that begins at a multiple of them."""

    most: int
    seconds: int


def count_visit(what: str, who: str, limit: Limit) -> bool:
    """Count this one; False when it is one too many. Outside of the caller's transaction, it counts what fails too."""
    window = int(time.time()) // limit.seconds * limit.seconds
    with transaction.atomic():
        row, _new = Visit.objects.get_or_create(what=what, who=hashed(who), window=window)
        Visit.objects.filter(pk=row.pk).update(count=F("count") + 1)
        count: int = Visit.objects.values_list("count", flat=True).get(pk=row.pk)
    return count <= limit.most


def hashed(who: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), who.encode(), hashlib.sha256).hexdigest()[:32]


def visits_sweep() -> int:
    """Forget windows that are over; return how many."""
    count, _by_model = Visit.objects.filter(window__lt=int(time.time()) - 2 * DAY_SECONDS).delete()
    return count
