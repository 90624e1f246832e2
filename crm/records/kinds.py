"""Kinds of record: each app declares its own (settings.RECORD_KINDS), upper apps add fields (settings.RULE_FIELDS)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.db import models
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django_filters import FilterSet

from crm.access.querysets import AccessQuerySet
from crm.fields.declaration import Extension, Field, Related
from crm.records.boards import BoardPlan
from crm.records.pages import BY_DECLARATION, RecordPage
from crm.staff.models import User


class EditService(Protocol):
    """Changes fields of a record; raises StaleRecord, ValidationError, PermissionDenied."""

    def __call__(self, *, actor: User, obj: Any, values: Mapping[str, Any], version: int) -> Any: ...


class EditManyService(Protocol):
    """Changes fields of many rows, which the caller has locked; returns what each changed row was, by column."""

    def __call__(
        self, *, actor: User, rows: Sequence[Any], values: Mapping[str, Any]
    ) -> dict[int, dict[str, Any]]: ...


@dataclass(frozen=True)
class Beside:
    """A page that belongs to a kind's list: `url` is a URL name, `permission` what opens it."""

    label: str | Promise
    url: str
    permission: str


@dataclass(frozen=True)
class Kind:
    """A kind of record by declaration: from it come its list, views, rules, bulk actions, history and API.

    `key` is the access object and the label of the model. `alive` leaves out deleted rows. `title` is the field that
    names a record, `columns` are those a list shows at first, `boards` the fields that boards are made of,
    `board_sums` what they add up, `board_plans` what some of them are beyond a column for each choice.
    `record_url` and `list_url` are URL names; without them the kind is only asked about, beside another. `access` is
    the access object of a part that is judged by its parent.
    `all_label` is what the list is called where no view is chosen, if it does not show all.
    `beside` are pages that its list leads to. `page` says what stands on the record's page until an administrator
    arranges it; None for a page of its own.
    """

    key: str
    model: type[models.Model]
    label: str | Promise
    plural: str | Promise
    icon: str
    fields: tuple[Field, ...]
    title: str
    columns: tuple[str, ...] = ()
    default_sort: str = ""
    filter_class: type[FilterSet] | None = None
    list_url: str = ""
    all_label: str | Promise = ""
    record_url: str = ""
    peek_url: str = ""
    related: tuple[Related, ...] = ()
    alive: Mapping[str, Any] = field(default_factory=dict)
    page_size: int = 50
    edit: EditService | None = None
    edit_many: EditManyService | None = None
    create: Callable[..., Any] | None = None
    delete: Callable[..., Any] | None = None
    restore: Callable[..., Any] | None = None
    boards: tuple[str, ...] = ()
    board_sums: tuple[str, ...] = ()
    board_plans: Mapping[str, BoardPlan] = field(default_factory=dict)
    access: str = ""
    page: RecordPage | None = BY_DECLARATION
    beside: tuple[Beside, ...] = ()
    row_css: Callable[[Mapping[str, Any]], str] | None = None

    @property
    def slug(self) -> str:
        """`contacts.customer` in addresses: contacts-customer."""
        return self.key.replace(".", "-")

    def field(self, key: str) -> Field:
        """A declared field; raises KeyError for any other."""
        return declared_fields(self.key)[key]

    def permission(self, verb: str) -> str:
        app, noun = (self.access or self.key).split(".")
        return f"{app}.{verb}_{noun}"

    def rows(self) -> AccessQuerySet[Any]:
        """All that are not deleted; visibility is added where they are read."""
        found: AccessQuerySet[Any] = self.model._default_manager.filter(**self.alive)  # type: ignore[assignment]
        return found

    def visible(self, user: User, action: str = "view") -> AccessQuerySet[Any]:
        """Those that the person may see, and of these those with which they may do `action`."""
        seen = self.rows().visible_to(user)
        return seen if action == "view" else seen.in_reach(user, action)

    def url(self, pk: int) -> str:
        return reverse(self.record_url, args=[pk]) if self.record_url else ""


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by key, in the order of settings."""
    found: list[Kind] = [import_string(path) for path in settings.RECORD_KINDS]
    return {kind.key: kind for kind in found}


@cache
def extensions(key: str) -> tuple[Extension, ...]:
    found: list[Extension] = [import_string(path) for path in settings.RULE_FIELDS]
    return tuple(item for item in found if item.kind == key)


def kind_of(obj: models.Model | type[models.Model]) -> Kind | None:
    return kinds().get(obj._meta.label_lower)


def kind_at(slug: str) -> Kind:
    """The kind of an address. Raises Http404."""
    found = kinds().get(slug.replace("-", ".", 1))
    if found is None:
        raise Http404
    return found


@cache
def declared_fields(key: str) -> dict[str, Field]:
    """Built-in fields of a kind and those that upper apps add."""
    added = (item for extension in extensions(key) for item in extension.fields)
    return {item.key: item for item in (*kinds()[key].fields, *added)}


@cache
def declared_related(key: str) -> dict[str, Related]:
    added = (item for extension in extensions(key) for item in extension.related)
    return {item.key: item for item in (*kinds()[key].related, *added)}
