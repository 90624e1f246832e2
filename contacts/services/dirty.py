"""Waking analytics: a dirty row in the writer's transaction, and a nudge for the jobs of that kind."""

from collections.abc import Iterable

from django.conf import settings

from contacts.models import DirtyCustomer
from crm.jobs.services import enqueue


def mark_dirty(customer_ids: Iterable[int], kind: str) -> None:
    """`kind` is a key of settings.ON_CHANGE, such as `order`."""
    DirtyCustomer.objects.bulk_create([DirtyCustomer(customer_id=pk, kind=kind) for pk in set(customer_ids)])
    for name in settings.ON_CHANGE[kind]:
        enqueue(name)
