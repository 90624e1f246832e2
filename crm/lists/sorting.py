"""How a list is sorted: by one field, the key of the row last."""

from dataclasses import dataclass

from crm.fields.catalogue import field_for
from crm.fields.declaration import Field
from crm.records.kinds import Kind
from crm.staff.models import User


@dataclass(frozen=True)
class Sort:
    """An order of rows; `path` is an ORM path. `nullable` rows without a value always come last."""

    path: str
    nullable: bool = False

    def order(self, *, descending: bool) -> tuple[str, str]:
        sign = "-" if descending else ""
        return f"{sign}{self.path}", f"{sign}pk"


def sort_of(field: Field) -> Sort:
    return Sort(field.sort_path, field.nullable)


def sort_for(kind: Kind, user: User, text: str) -> tuple[str, Sort, bool]:
    """(as asked, sort, descending); what cannot be sorted by is answered with the default."""
    found = field_for(kind.key, user, text.removeprefix("-"))
    if found is None or not found.sortable:
        text = kind.default_sort
        found = kind.field(text.removeprefix("-"))
    return text, sort_of(found), text.startswith("-")
