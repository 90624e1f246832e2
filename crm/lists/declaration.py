"""A list by declaration: which records, how they may be sorted and filtered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django_filters import FilterSet


@dataclass(frozen=True)
class Sort:
    """A column one may sort by; `path` is an ORM path. `nullable` rows without a value always come last."""

    path: str
    descending: bool = False
    nullable: bool = False

    def order(self, *, reverse: bool) -> tuple[str, str]:
        sign = "-" if self.descending is not reverse else ""
        return f"{sign}{self.path}", f"{sign}pk"


@dataclass(frozen=True)
class Column:
    key: str
    label: str | Promise
    sort: Sort | None = None
    numeric: bool = False


@dataclass(frozen=True)
class RecordList:
    """What a list page needs to know about a kind of record."""

    model: type[models.Model]
    columns: tuple[Column, ...]
    default_sort: str
    filter_class: type[FilterSet]
    related: tuple[str, ...] = ()
    prefetch: tuple[Any, ...] = ()
    page_size: int = 50
    alive: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sorts(self) -> dict[str, Sort]:
        """`-name` turns the direction that the column starts with."""
        return {column.key: column.sort for column in self.columns if column.sort}

    def sort_for(self, text: str) -> tuple[str, Sort]:
        """The sort a reader asked for; what is not on the list of columns is ignored."""
        key = text.lstrip("-")
        sort = self.sorts.get(key)
        if sort is None:
            text, key = self.default_sort, self.default_sort.lstrip("-")
            sort = self.sorts[key]
        if text.startswith("-"):
            sort = Sort(sort.path, not sort.descending, sort.nullable)
        return text, sort
