"""What upper apps offer in the menu of a record's page (settings.RECORD_VERBS): each opens a dialog about it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.access.services import allowed
from crm.staff.models import User


@dataclass(frozen=True)
class RecordVerb:
    """`kind` is the label of the model in lower case, `url` a URL name that takes the record's key."""

    kind: str
    label: str | Promise
    url: str
    icon: str
    permission: str


@cache
def declared_verbs() -> tuple[RecordVerb, ...]:
    return tuple(verb for path in settings.RECORD_VERBS for verb in import_string(path))


def record_verbs(user: User, obj: models.Model) -> list[dict[str, Any]]:
    """Those that the person may use on this record, as the menu shows them."""
    return [
        {"label": verb.label, "icon": verb.icon, "url": reverse(verb.url, args=[obj.pk])}
        for verb in declared_verbs()
        if verb.kind == obj._meta.label_lower and allowed(user, verb.permission)
    ]
