"""What people did in the period: calls, meetings, mails, notes, and to-dos done."""

from collections import defaultdict
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from contacts.choices import InteractionKind
from contacts.models import Interaction, Task
from crm.access.services import allowed
from crm.staff.models import User
from sales.reporting.scope import Scope

KINDS = (InteractionKind.CALL, InteractionKind.MEETING, InteractionKind.EMAIL, InteractionKind.NOTE)
Counts = dict[str, tuple[int, str]]


def activities(scope: Scope) -> dict[int, Counts]:
    """By person: for each kind, and `done`, how many there were and the list of them. Two queries.

    Of every pipeline: what is said to a customer is not always said about a deal.
    """
    found: dict[int, Counts] = defaultdict(dict)
    for actor, kind, count in interactions(scope):
        found[actor][kind] = count, door("contacts:interaction-list", by=actor, kind=kind, days=scope.period)
    for owner, count in done(scope):
        found[owner]["done"] = count, door("contacts:task-list", state="done", owner=owner, done=scope.period)
    return found


def interactions(scope: Scope) -> list[tuple[int, str, int]]:
    inside = scope.period.inside("happened_at")
    rows = Interaction.objects.filter(inside, whose(scope, "actor"), deleted_at=None, kind__in=KINDS)
    seen = rows.visible_to(scope.user).order_by().values_list("actor", "kind")
    return list(seen.annotate(count=Count("pk")))


def done(scope: Scope) -> list[tuple[int, int]]:
    if not allowed(scope.user, "contacts.view_task"):
        return []
    inside = scope.period.inside("done_at")
    rows = Task.objects.filter(inside, whose(scope, "owner"), deleted_at=None).visible_to(scope.user)
    return list(rows.order_by().values_list("owner").annotate(count=Count("pk")))


def whose(scope: Scope, name: str) -> Q:
    """People of the team, or the one person, that the report is narrowed to."""
    found = Q(**{f"{name}__isnull": False})
    if "owner" in scope.narrowed:
        found &= Q(**{name: scope.narrowed["owner"]})
    if "team" in scope.narrowed:
        found &= Q(**{f"{name}__in": User.objects.filter(teams=scope.narrowed["team"])})
    return found


def door(name: str, **asked: object) -> str:
    return f"{reverse(name)}?{urlencode({key: str(value) for key, value in asked.items()})}"


def entries_door(scope: Scope, person: int | None) -> str:
    return door("contacts:interaction-list", by=person, days=scope.period)
