"""A list by declaration: which records, what a row shows, how it may be sorted and filtered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django_filters import FilterSet

from crm.access.services import allowed
from crm.staff.models import User


@dataclass(frozen=True)
class Sort:
    """A column one may sort by; `path` is an ORM path. `nullable` rows without a value always come last."""

    path: str
    nullable: bool = False

    def order(self, *, descending: bool) -> tuple[str, str]:
        sign = "-" if descending else ""
        return f"{sign}{self.path}", f"{sign}pk"


@dataclass(frozen=True)
class RecordList:
    """What a list page needs to know about a kind of record.

    `values` maps the keys of a row to ORM paths, so that a page reads just the columns it shows;
    `finish` adds what must be said in words. `alive` leaves out deleted rows. `needs` names the permission without
    which a column, sort or filter of that name does not exist for the reader.
    """

    model: type[models.Model]
    values: Mapping[str, str]
    sorts: Mapping[str, Sort]
    default_sort: str
    filter_class: type[FilterSet]
    finish: Callable[[dict[str, Any]], dict[str, Any]] = lambda row: row
    page_size: int = 50
    alive: Mapping[str, Any] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)

    def hidden_from(self, user: User) -> set[str]:
        """The names of columns, sorts and filters that this person may not know."""
        return {name for name, permission in self.needs.items() if not allowed(user, permission)}

    def sort_for(self, text: str, hidden: set[str]) -> tuple[str, Sort, bool]:
        """(as asked, sort, descending); what is not on the list of sorts is answered with the default."""
        key = text.removeprefix("-")
        if key not in self.sorts or key in hidden:
            text = self.default_sort
        return text, self.sorts[text.removeprefix("-")], text.startswith("-")
