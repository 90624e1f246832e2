"""The kinds of record that people are told of and may follow, declared in settings.TOLD_RECORDS."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.records.kinds import kinds


@dataclass(frozen=True)
class ToldRecord:
    """`object_type` is the model's label, `word` says what one is (“Task”), `url` where it is read.

    A kind of record with a page of its own (RECORD_KINDS) needs no entry: people are told of it and may follow it.

    A record that hangs on another names the key to it in `parent`: it is told as a part of that one, and the
    followers of that one hear of it. `title` says which one it is, `detail` what it says.
    """

    object_type: str
    word: Callable[[Any], str | Promise]
    url: Callable[[Any], str]
    parent: str = ""
    can_follow: bool = False
    title: Callable[[Any], str] = str
    detail: Callable[[Any], str] = lambda obj: ""


@cache
def told_records() -> dict[str, ToldRecord]:
    return {record.object_type: record for path in settings.TOLD_RECORDS for record in import_string(path)}


@cache
def declared(object_type: str) -> ToldRecord | None:
    """What was declared here, else what the kind of record says of itself (RECORD_KINDS), if it has a page."""
    kind = kinds().get(object_type)
    if object_type in told_records():
        return told_records()[object_type]
    if kind is None or not kind.record_url:
        return None
    return ToldRecord(object_type, lambda obj: kind.label, lambda obj: kind.url(obj.pk), can_follow=True)


def type_of(obj: models.Model) -> str:
    return obj._meta.label_lower


def parent_key(obj: models.Model) -> tuple[str, int] | None:
    """(type, id) of the record that this one hangs on."""
    told = declared(type_of(obj))
    pk = getattr(obj, f"{told.parent}_id") if told and told.parent else None
    if told is None or pk is None:
        return None
    model: Any = obj._meta.get_field(told.parent).related_model
    return model._meta.label_lower, pk
