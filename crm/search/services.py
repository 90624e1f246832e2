"""Keeping the index true: called by services in the transaction that writes the record."""

from typing import Any

from django.db import models

from crm.search.folding import index_text
from crm.search.models import SearchRow
from crm.search.sources import source_of

NO_TEAM = 0


def index(obj: Any) -> None:
    """Write the record's row, with the owner and team of a record that has them."""
    document = source_of(obj).document(obj)
    values = {
        "title": document.title[:200],
        "subtitle": document.subtitle[:200],
        "text": index_text(*document.texts) or "-",
        "owner_id": getattr(obj, "owner_id", None),
        "team_id": getattr(obj, "team_id", NO_TEAM),
    }
    SearchRow.objects.update_or_create(object_type=obj._meta.label_lower, object_id=obj.pk, defaults=values)


def unindex(obj: models.Model) -> None:
    SearchRow.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk).delete()
