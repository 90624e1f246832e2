"""What a list shows: its saved view, changed by the parameters of the address."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from crm.access.querysets import AccessQuerySet
from crm.fields.catalogue import Fields, fields_for
from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.lists.columns import Chosen, Column, columns_of, read_chosen
from crm.lists.filters import ListFilter, readable_id
from crm.lists.models import View
from crm.lists.selectors import arrangement, default_view, view_find
from crm.lists.sorting import Sort, sort_for
from crm.records.kinds import Kind
from crm.rules.compile import Reading, compiled
from crm.rules.errors import RuleError
from crm.rules.tree import EVERYTHING, Node, is_empty, read_text, read_tree, write_tree
from crm.rules.words import in_words
from crm.staff.models import User

#: parameters of a place in the list, not of the list
PLACES = ("after", "before", "count", "list", "cards", "stamp")
#: parameters that a saved view keeps elsewhere than in `params`
APART = ("view", "rule", "columns", *PLACES)
BUILT_IN = "all"
GROUPED_BY = (FieldType.CHOICE, FieldType.YES_NO, FieldType.PERSON, FieldType.TEAM)
LONGEST_PARAM = 400


@dataclass(frozen=True)
class ListState:
    """`asked` are the parameters of the address, `params` those of the view changed by them."""

    kind: Kind
    user: User
    asked: QueryDict
    view: View | None
    params: QueryDict

    @cached_property
    def fields(self) -> Fields:
        return fields_for(self.kind.key, self.user)

    # --- which rows -----------------------------------------------------------------------------------------

    @cached_property
    def filters(self) -> ListFilter:
        return list_filter(self.kind, self.user, self.params)

    @cached_property
    def rule(self) -> Node:
        """The rule of the address, else of the view; one that cannot be read leaves no rows (`rule_error`)."""
        try:
            return self.read_rule()
        except RuleError:
            return EVERYTHING

    @cached_property
    def rule_condition(self) -> tuple[Q, str]:
        """(the condition of the rule, why it cannot be asked or "")."""
        try:
            return compiled(Reading.of(self.kind, self.user), self.read_rule()), ""
        except RuleError as fault:
            return Q(), fault.text

    def read_rule(self) -> Node:
        if "rule" in self.asked:
            return read_text(self.asked.get("rule", ""))
        return read_tree(self.view.rule) if self.view else EVERYTHING

    @property
    def rule_error(self) -> str:
        """Why the rule cannot be asked; empty when it can."""
        return self.rule_condition[1]

    @cached_property
    def rule_words(self) -> str:
        return "" if is_empty(self.rule) else in_words(Reading.of(self.kind, self.user), self.rule)

    def rows(self) -> AccessQuerySet[Any]:
        """What filters and rule leave; none where one of them cannot be asked. Visibility is added by who reads."""
        rows: AccessQuerySet[Any] = self.filters.qs
        condition, error = self.rule_condition
        return rows.none() if error else rows.filter(condition)

    @property
    def is_filtered(self) -> bool:
        return self.filters.is_filtered() or bool(self.rule_error) or not is_empty(self.rule)

    # --- how they are shown ---------------------------------------------------------------------------------

    @cached_property
    def chosen(self) -> Chosen:
        """The columns of the address, of the reader's own arrangement, of the view."""
        if "columns" in self.params:
            return columns_text(self.params.get("columns", ""))
        own = arrangement(self.user, self.kind.key, self.view)
        return own or read_chosen(self.view.columns if self.view else [])

    @cached_property
    def columns(self) -> list[Column]:
        return columns_of(self.kind, self.fields, self.chosen)

    @cached_property
    def sort(self) -> tuple[str, Sort, bool]:
        return sort_for(self.kind, self.user, self.params.get("sort", ""))

    @cached_property
    def group(self) -> Field | None:
        found = self.fields.get(self.params.get("group", ""))
        return found if found and can_group(found) else None

    @cached_property
    def board(self) -> Field | None:
        """The field whose choices are the columns of the board, when the list is shown as one."""
        if self.params.get("layout") != "board":
            return None
        wanted = self.params.get("board", "")
        options = board_fields(self.kind, self.fields)
        return next((field for field in options if field.key == wanted), options[0] if options else None)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the form of the filters hands on of the address."""
        names = ("view", "rule", "sort", "group", "layout", "board", "columns")
        return [(name, self.asked.get(name, "")) for name in names if name in self.asked]

    # --- what of it is not saved ------------------------------------------------------------------------------

    @property
    def is_changed(self) -> bool:
        """Whether the list shows something else than its view."""
        if self.view is None:
            return bool(saved_params(self.params)) or not is_empty(self.rule)
        same_rule = (
            write_tree(self.rule) == write_tree(read_tree(self.view.rule)) if not self.rule_error else True
        )
        return saved_params(self.params) != self.view.params or not same_rule


def can_group(field: Field) -> bool:
    return field.type in GROUPED_BY and not field.many and not field.through and field.is_column


def board_fields(kind: Kind, fields: Fields) -> list[Field]:
    """The fields a board can be made of: those declared for it, and every custom choice."""
    own = [fields[key] for key in kind.boards if key in fields]
    return own + [field for field in fields.values() if field.is_custom and field.type is FieldType.CHOICE]


def read_state(kind: Kind, user: User, asked: QueryDict) -> ListState:
    """The state of a list's address; an address without parameters opens the reader's default view."""
    view = chosen_view(kind, user, asked)
    params = QueryDict(mutable=True)
    for key, value in (view.params if view else {}).items():
        params[key] = str(value)
    for key in asked:
        if key not in ("view", "rule"):
            params[key] = asked.get(key, "")
    return ListState(kind, user, asked, view, params)


def chosen_view(kind: Kind, user: User, asked: QueryDict) -> View | None:
    text = asked.get("view", "")
    if text:
        return None if text == BUILT_IN else view_find(user, kind.key, text)
    return None if asked else default_view(user, kind.key)


def saved_params(params: QueryDict) -> dict[str, str]:
    """What a view keeps of the parameters of an address: all that say something."""
    kept = {key: params.get(key, "") for key in sorted(params) if key not in APART}
    return {key: value[:LONGEST_PARAM] for key, value in kept.items() if value}


def columns_text(text: str) -> Chosen:
    """`name:240,city` of an address."""
    parts = [part.partition(":") for part in text.split(",") if part]
    return read_chosen([[key, int(width) if readable_id(width) else 0] for key, _mark, width in parts])


def list_filter(kind: Kind, user: User, params: QueryDict) -> ListFilter:
    """The declared quick filters over all rows, without those on fields that the reader may not know."""
    if kind.filter_class is None:
        raise LookupError(kind.key)
    filters = kind.filter_class(params, queryset=kind.rows())
    assert isinstance(filters, ListFilter)  # noqa: S101 - narrows the type; a declaration error
    filters.user = user
    for name in filters.hidden_from(user):
        filters.filters.pop(name, None)
    return filters
