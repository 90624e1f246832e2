"""The records that belong to a team, of whatever kind: found through the keys that point to it."""

from collections.abc import Callable
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from crm.records.models import Versioned
from crm.records.services import write_changes
from crm.search.services import index
from crm.search.sources import sources
from crm.staff.models import Invite, Team, User

BATCH = 200
OWN: tuple[type[models.Model], ...] = (User, Team, Invite)


def keys_to_team() -> list[tuple[type[models.Model], str]]:
    """(model, field) of every record that belongs to a team; people, invitations and teams go their own ways."""
    found = (
        (relation.related_model, relation.field.name)
        for relation in Team._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
    )
    return [
        (model, name)
        for model, name in found
        if isinstance(model, type) and model not in OWN and not model._meta.auto_created
    ]


def rows_of(team: Team) -> list[dict[str, Any]]:
    """A count for each kind of record of the team; kinds without any are left out."""
    counted = (
        {"label": model._meta.verbose_name_plural, "count": queryset(model, name, team).count()}
        for model, name in keys_to_team()
    )
    return [item for item in counted if item["count"]]


def total(rows: list[dict[str, Any]]) -> int:
    return sum(item["count"] for item in rows)


def queryset(model: type[models.Model], name: str, team: Team) -> QuerySet[Any]:
    return model._base_manager.filter(**{name: team})


def move_rows(*, actor: User | None, team: Team, successor: Team, report: Callable[[int, int], None]) -> int:
    """Run by a job, batch by batch: what was moved no longer belongs to the team, so it may be begun again."""
    expected, done = total(rows_of(team)), 0
    for model, name in keys_to_team():
        while count := move_batch(actor, queryset(model, name, team), name, successor):
            done += count
            report(done, max(expected, done))
    return done


@transaction.atomic
def move_batch(actor: User | None, rows: QuerySet[Any], name: str, successor: Team) -> int:
    batch = list(rows.select_for_update(of=("self",)).order_by("pk")[:BATCH])
    for row in batch:
        move(actor, row, name, successor)
    return len(batch)


def move(actor: User | None, row: Any, name: str, successor: Team) -> None:
    if isinstance(row, Versioned):
        app, kind = row._meta.app_label, row._meta.model_name
        values = {name: successor}
        write_changes(actor=actor, obj=row, values=values, version=None, action=f"{app}.{kind}.edit")
    else:
        type(row)._base_manager.filter(pk=row.pk).update(**{name: successor})
        setattr(row, name, successor)
    if row._meta.label_lower in sources() and not getattr(row, "deleted_at", None):
        index(row)
