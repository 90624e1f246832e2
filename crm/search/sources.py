"""What can be found: every app declares its kinds of record in settings.SEARCH_SOURCES."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.staff.models import User


@dataclass(frozen=True)
class Document:
    """What the index keeps of one record; `texts` are searched, title and subtitle shown."""

    title: str
    subtitle: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class SearchSource:
    """A kind of record: `object_type` is its label (`contacts.customer`), also its access object.

    A kind that has no page of its own is not `listed`: only fields that ask for it find it. A part that is judged by
    its parent names the parent's object in `access`; its `found_by` then says which of those found the reader may see.
    """

    object_type: str
    label: str | Promise
    icon: str
    url: Callable[[int], str]
    document: Callable[[Any], Document]
    listed: bool = True
    access: str = ""
    # what stands before the subtitle for this reader, by id: words that not all who see the record may read
    beside: Callable[[User, list[int]], dict[int, str]] | None = None
    # the ids, of those found, that this reader may find by the text: the index also knows words of other records
    found_by: Callable[[User, str, list[int]], set[int]] | None = None


@cache
def sources() -> dict[str, SearchSource]:
    found = (import_string(path) for path in settings.SEARCH_SOURCES)
    return {source.object_type: source for source in found}


def source_of(obj: models.Model) -> SearchSource:
    return sources()[obj._meta.label_lower]
