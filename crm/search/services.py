"""Keeping the index true: called by services in the transaction that writes the record."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import models

from crm.search.folding import index_text
from crm.search.models import SearchRow
from crm.search.sources import source_of

NO_TEAM = 0


def index(obj: Any) -> None:
    """Write the record's row, with the owner and team of a record that has them."""
    values = row_values(obj)
    SearchRow.objects.update_or_create(object_type=obj._meta.label_lower, object_id=obj.pk, defaults=values)


def index_many(objects: Iterable[Any]) -> None:
    """Write the rows of many records that have none yet; what their documents read should be prefetched."""
    rows = (
        SearchRow(object_type=obj._meta.label_lower, object_id=obj.pk, **row_values(obj)) for obj in objects
    )
    for batch in batched(rows, 2_000):
        SearchRow.objects.bulk_create(batch)


def row_values(obj: Any) -> dict[str, Any]:
    document = source_of(obj).document(obj)
    return {
        "title": document.title[:200],
        "subtitle": document.subtitle[:200],
        "text": index_text(*document.texts) or "-",
        "owner_id": getattr(obj, "owner_id", None),
        "team_id": getattr(obj, "team_id", None) or NO_TEAM,
    }


def batched(rows: Iterator[SearchRow], size: int) -> Iterator[list[SearchRow]]:
    while batch := list(islice(rows, size)):
        yield batch


def reassign(objects: Sequence[models.Model], **values: Any) -> None:
    """Write the owner or team (`owner_id`, `team_id`) of many records of one kind into the index."""
    rows = SearchRow.objects.filter(
        object_type=objects[0]._meta.label_lower, object_id__in=[obj.pk for obj in objects]
    )
    rows.update(**values)


def unindex(obj: models.Model) -> None:
    SearchRow.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk).delete()
