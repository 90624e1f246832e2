"""What deals repeat of what is planned and done about them. No version and no history: nobody edits this."""

from collections.abc import Iterable

from django.db.models import F
from django.utils import timezone

from contacts.models import Task
from sales.models import Deal
from sales.staleness import stale_moment

DEAL = Deal._meta.label_lower


def next_steps_keep(pks: Iterable[int]) -> None:
    """Repeat on these deals the earliest of their open tasks; those without a day come last."""
    found = set(pks)
    first: dict[int, Task] = {}
    tasks = Task.objects.filter(object_type=DEAL, object_id__in=found, done_at=None, deleted_at=None)
    for task in tasks.order_by(F("due_on").asc(nulls_last=True), F("starts_at").asc(nulls_last=True), "pk"):
        first.setdefault(task.object_id or 0, task)
    for deal in Deal.objects.filter(pk__in=found):
        task_of = first.get(deal.pk)
        text, day = (str(task_of), task_of.due_on) if task_of else ("", None)
        if (deal.next_step, deal.next_step_on) != (text, day):
            Deal.objects.filter(pk=deal.pk).update(
                next_step=text, next_step_on=day, updated_at=timezone.now()
            )


def deals_touch(pks: Iterable[int]) -> None:
    """Something was done about these deals: they are not stale."""
    now = timezone.now()
    for deal in Deal.objects.filter(pk__in=set(pks)).select_related("stage"):
        stale_at = stale_moment(deal.stage, now) if deal.is_open else None
        Deal.objects.filter(pk=deal.pk).update(active_at=now, stale_at=stale_at, updated_at=now)


def deal_touch(deal: Deal) -> None:
    """As deals_touch, for one that is at hand."""
    deals_touch([deal.pk])
    deal.refresh_from_db(fields=["active_at", "stale_at"])
