"""Declaring what a kind of record has: its fields, and the records that hang on it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils.functional import Promise

from crm.fields.types import KEYED, FieldType

Choices = Iterable[tuple[Any, str | Promise]]


@dataclass(frozen=True)
class Many:
    """Values of a field that stand in rows of their own: `value` of the rows of `model` whose `key` is the record."""

    model: str
    key: str
    value: str
    shown: str = ""
    where: Mapping[str, Any] = dataclass_field(default_factory=dict)

    def rows(self) -> "QuerySet[Any]":
        found: QuerySet[Any] = apps.get_model(self.model)._default_manager.filter(**self.where)
        return found


@dataclass(frozen=True)
class Field:
    """One field of a kind of record: what lists, rules, bulk edits, exports and the API know of it.

    `path` is an ORM path. `permission` or a field `group` (finance, privacy) without which the field does not exist
    for the reader. `through` is the path of a key to a protected record (of `through_kind`): where the reader may not
    see that record, the field counts as empty. `many` says that there may be several values. `edit` names the field of
    the kind's edit service; empty: read only. `nullable` says that the path may hold NULL, `sorts` another path to
    sort by. `cell` writes the HTML of a list's cell and `empty` the words of an empty one, from the row; `beside` names
    further paths that they need, by key of the row. `required`: whoever writes it, or creates a record, fills it in.
    """

    key: str
    label: str | Promise
    type: FieldType
    path: str = ""
    choices: Choices | Callable[[], Choices] = ()
    permission: str = ""
    group: str = ""
    through: str = ""
    through_kind: str = ""
    name_path: str = ""
    edit: str = ""
    edit_permission: str = ""
    sortable: bool = False
    sorts: str = ""
    nullable: bool = True
    is_column: bool = True
    is_rule: bool = True
    bulk: bool = True
    width: int = 0
    hint: str | Promise = ""
    tones: Callable[[Any], str] | None = None
    currency_path: str = ""
    whole: bool = False
    totals: bool = False
    many: Many | None = None
    is_custom: bool = False
    required: bool = False
    cell: Callable[[Mapping[str, Any]], str] | None = None
    beside: Mapping[str, str] = dataclass_field(default_factory=dict)
    empty: Callable[[Mapping[str, Any]], str] | None = None

    @property
    def orm(self) -> str:
        return self.path or self.key

    @property
    def sort_path(self) -> str:
        return self.sorts or self.orm

    @property
    def is_keyed(self) -> bool:
        """Whether its value is the key of another row."""
        return self.type in KEYED

    def options(self) -> list[tuple[Any, str]]:
        """The choices, in words; read when they are needed."""
        found = self.choices() if callable(self.choices) else self.choices
        return [(value, str(text)) for value, text in found if value not in ("", None)]

    @property
    def title(self) -> str:
        """The label as a heading begins."""
        text = str(self.label)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Related:
    """Records of another kind that hang on this one: `path` is the key on their side that leads here."""

    key: str
    label: str | Promise
    kind: str
    path: str


@dataclass(frozen=True)
class Extension:
    """What an upper app adds to a kind of record of a lower one (settings.RULE_FIELDS)."""

    kind: str
    fields: tuple[Field, ...] = ()
    related: tuple[Related, ...] = ()
