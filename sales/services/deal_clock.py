"""What deals repeat of what is planned and done about them. No version and no history: nobody edits this."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from contacts.models import Task
from sales.choices import StageKind
from sales.models import Deal, Stage

DEAL = Deal._meta.label_lower


def next_steps_keep(pks: Iterable[int]) -> None:
    """Repeat on these deals the earliest of their open tasks; those without a day come last."""
    found = set(pks)
    first: dict[int, Task] = {}
    tasks = Task.objects.filter(object_type=DEAL, object_id__in=found, done_at=None, deleted_at=None)
    for task in tasks.order_by(F("due_on").asc(nulls_last=True), F("starts_at").asc(nulls_last=True), "pk"):
        first.setdefault(task.object_id or 0, task)
    changed = [deal for deal in Deal.objects.filter(pk__in=found) if follow(deal, first.get(deal.pk))]
    Deal.objects.bulk_update(changed, ("next_step", "next_step_on", "updated_at"), batch_size=1_000)


def follow(deal: Deal, task: Task | None) -> bool:
    """Whether the next step became another one."""
    before = (deal.next_step, deal.next_step_on)
    deal.next_step, deal.next_step_on = (str(task), task.due_on) if task else ("", None)
    deal.updated_at = timezone.now()
    return before != (deal.next_step, deal.next_step_on)


def deals_touch(pks: Iterable[int]) -> None:
    """Something was done about these deals: they are not stale, until their stages' idle time has passed again."""
    now = timezone.now()
    days = Stage.objects.filter(pk=OuterRef("stage_id")).values("stale_days")
    idle = ExpressionWrapper(Subquery(days) * timedelta(days=1), DurationField())
    stale_at = Case(When(state=StageKind.OPEN, then=Value(now) + idle), output_field=DateTimeField())
    Deal.objects.filter(pk__in=set(pks)).update(active_at=now, stale_at=stale_at, updated_at=now)


def deal_touch(deal: Deal) -> None:
    """As deals_touch, for one that is at hand."""
    deals_touch([deal.pk])
    deal.refresh_from_db(fields=["active_at", "stale_at"])
