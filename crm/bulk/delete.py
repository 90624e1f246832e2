"""Deleting many records."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy

from crm.bulk.actions import Before, ListAction
from crm.records.kinds import Kind
from crm.staff.models import User


class Delete(ListAction):
    """LIST_ACTIONS entry; every record is deleted by its own service, and can be brought back."""

    key = "delete"
    label = gettext_lazy("Delete")
    icon = "trash-2"
    verb = "delete"

    def fits(self, user: User, kind: Kind) -> bool:
        return kind.delete is not None and kind.restore is not None

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[models.Model], params: Mapping[str, Any]
    ) -> dict[int, Before]:
        if kind.delete is None:
            return {}
        for row in rows:
            kind.delete(actor=actor, obj=row)
        return {row.pk: {} for row in rows}

    def undo(
        self, *, actor: User, kind: Kind, before: Mapping[int, Before], params: Mapping[str, Any]
    ) -> set[int]:
        if kind.restore is None:
            return set()
        deleted: Any = kind.model._default_manager.filter(pk__in=before.keys(), deleted_at__isnull=False)
        undone = set()
        for row in deleted.visible_to(actor, self.verb).select_for_update(of=("self",)).order_by("pk"):
            kind.restore(actor=actor, obj=row)
            undone.add(row.pk)
        return undone
