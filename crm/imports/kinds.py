"""What a kind of import declares (settings.IMPORT_KINDS): its fields, its checks, and how rows become records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.access.services import allowed
from crm.imports.models import ImportBatch, ImportRun
from crm.staff.models import User


@dataclass(frozen=True)
class ImportField:
    """A field that a column of the file can fill; `synonyms` are headers that suggest it, normalised."""

    name: str
    label: str | Promise
    required: bool = False
    synonyms: tuple[str, ...] = ()
    help: str | Promise = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell: `column` as the file names it; row 1 is the header."""

    row: int
    column: str
    value: str
    message: str

    def as_dict(self) -> dict[str, int | str]:
        return {"row": self.row, "column": self.column, "value": self.value, "message": self.message}


@dataclass(frozen=True)
class Unknown:
    """A text of a field that nothing is called by: `options` (key, name) are what it may mean."""

    field: ImportField
    text: str
    rows: int
    options: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Checked:
    """The outcome of a dry run: problems are the first ones only, the counts are of all."""

    problems: list[Problem]
    problems_count: int
    bad: int
    total: int
    new: int
    new_customers: int


@dataclass
class Applied:
    """What one chunk did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    customers: int = 0

    def __iadd__(self, other: "Applied") -> "Applied":
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.customers += other.customers
        return self


class ImportKind(Protocol):
    """Rows lie as text in the run's raw table (crm.imports.staging); everything after that is the kind's."""

    key: str
    label: str | Promise
    fields: Sequence[ImportField]
    permissions: tuple[str, ...]  # beside the right to import
    most_rows: int  # of one chunk, which is one transaction

    def mapping_problem(self, fields: set[str]) -> str:
        """What is missing or doubled among the mapped fields, in words; empty when nothing is."""
        ...

    def prepare(self, run: ImportRun) -> None:
        """Judge every row and make the good ones ready; writes only the run's own tables."""
        ...

    def check(self, run: ImportRun, *, forecast: bool) -> Checked:
        """What prepare found; `forecast` also counts what is new."""
        ...

    def unknown(self, run: ImportRun) -> list["Unknown"]:
        """Texts of the file that name something which is not there, for somebody to say what they mean."""
        ...

    def apply(self, run: ImportRun, batch: ImportBatch, first: int, last: int) -> Applied:
        """Write the records of rows first..last and note their keys in the batch, in the caller's transaction."""
        ...

    def undo_records(self, run: ImportRun, batch: ImportBatch) -> list[str]:
        """Delete the records that a batch created."""
        ...

    def undo_customers(self, run: ImportRun, batch: ImportBatch) -> list[str]:
        """Delete the customers that a batch created; returns what had to stay, in words."""
        ...

    def undo_changes(self, run: ImportRun) -> list[str]:
        """Restore what the import changed; returns what had to stay, in words."""
        ...

    def changed(self, run: ImportRun) -> None:
        """Wake whoever computes from these records."""
        ...


@cache
def kinds() -> Mapping[str, ImportKind]:
    found: list[ImportKind] = [import_string(path)() for path in settings.IMPORT_KINDS]
    return {kind.key: kind for kind in found}


def kinds_for(user: User) -> list[ImportKind]:
    """What this person may import."""
    return [kind for kind in kinds().values() if all(allowed(user, name) for name in kind.permissions)]


def kind_of(run: ImportRun) -> ImportKind:
    return kinds()[run.kind]
