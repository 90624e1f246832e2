"""Keeping the index true: called by services in the transaction that writes the record."""

from typing import Any

from django.db import models

from crm.search.folding import index_text
from crm.search.models import SearchRow
from crm.search.sources import source_of


def index(obj: Any) -> None:
    """Write the record's row; the record has `owner_id` and `team_id`."""
    document = source_of(obj).document(obj)
    values = {
        "title": document.title[:200],
        "subtitle": document.subtitle[:200],
        "text": index_text(*document.texts) or "-",
        "owner_id": obj.owner_id,
        "team_id": obj.team_id,
    }
    SearchRow.objects.update_or_create(object_type=obj._meta.label_lower, object_id=obj.pk, defaults=values)


def unindex(obj: models.Model) -> None:
    SearchRow.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk).delete()
