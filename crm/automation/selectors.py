"""Reading automations and their log."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from crm.access.querysets import AccessQuerySet
from crm.access.services import allowed, find
from crm.automation.choices import Cause, RunState
from crm.automation.models import Automation, AutomationRun
from crm.records.kinds import Kind, kinds
from crm.staff.models import User

DAYS = 30


def automations(user: User) -> AccessQuerySet[Automation]:
    return Automation.objects.filter(deleted_at=None).visible_to(user).select_related("owner")


def runnable(user: User, kind: Kind) -> AccessQuerySet[Automation]:
    """Those that are on and can be run by hand for records of a kind that are there."""
    rows = automations(user).visible_to(user, "edit").filter(kind=kind.key, is_on=True)
    return rows.exclude(cause=Cause.DELETED).order_by("name", "pk")


def automation_find(user: User, pk: int) -> Automation:
    """Raises Http404; also for a kind of record that is no longer there."""
    found = find(automations(user), user, pk)
    if found.kind not in kinds():
        raise Http404
    return found


def deleted_find(user: User, pk: int) -> Automation:
    return find(Automation.objects.exclude(deleted_at=None), user, pk)


def figures(rows: Iterable[Automation]) -> dict[int, dict[str, Any]]:
    """By automation: runs and faults in 30 days, and when it ran last."""
    since = timezone.now() - timedelta(days=DAYS)
    lately = AutomationRun.objects.filter(automation__in=list(rows), created_at__gte=since)
    counted = lately.order_by().values("automation_id")
    found = counted.annotate(
        runs=Count("pk"),
        faults=Count("pk", filter=Q(state=RunState.FAILED)),
        last=Max("created_at"),
    )
    return {row["automation_id"]: dict(row) for row in found}


def log_of(automation: Automation) -> QuerySet[AutomationRun]:
    rows = AutomationRun.objects.filter(automation=automation)
    return rows.select_related("version", "asked_by").prefetch_related("steps").order_by("-pk")


def log_of_record(user: User, kind: Kind, pk: int) -> QuerySet[AutomationRun]:
    """What ran for a record, as far as the reader may see automations."""
    rows = AutomationRun.objects.filter(kind=kind.key, object_id=pk)
    seen = Automation.objects.all().visible_to(user)
    return (
        rows.filter(automation__in=seen.values("pk"))
        .select_related("automation", "version", "asked_by")
        .prefetch_related("steps")
        .order_by("-pk")
    )


def automatable(user: User) -> list[Kind]:
    """The kinds of record with a list of their own that the person may see."""
    return [kind for kind in kinds().values() if kind.list_url and allowed(user, kind.permission("view"))]


def record_names(user: User, rows: Iterable[AutomationRun]) -> dict[tuple[str, int], dict[str, str]]:
    """Name and address of each record that the reader may see, deleted ones without the address."""
    wanted: dict[str, set[int]] = {}
    for run in rows:
        wanted.setdefault(run.kind, set()).add(run.object_id)
    found: dict[tuple[str, int], dict[str, str]] = {}
    for key, pks in wanted.items():
        kind = kinds().get(key)
        if kind is None:
            continue
        found |= {(key, pk): value for pk, value in names_of(user, kind, pks).items()}
    return found


def names_of(user: User, kind: Kind, pks: set[int]) -> dict[int, dict[str, str]]:
    everything: Any = kind.model._default_manager.filter(pk__in=pks)
    names = dict(everything.visible_to(user).values_list("pk", kind.field(kind.title).orm))
    alive = set(kind.visible(user).filter(pk__in=pks).values_list("pk", flat=True))
    return {pk: {"name": str(name), "url": kind.url(pk) if pk in alive else ""} for pk, name in names.items()}
