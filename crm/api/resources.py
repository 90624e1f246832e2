"""What the API offers, by declaration (settings.API_RESOURCES): a kind of record under a name, and its verbs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.fields.declaration import Field
from crm.records.kinds import Kind, declared_fields, kinds
from crm.staff.models import User

Row = dict[str, Any]
#: makes a serializer field; without a user for the public schema
MakeField = Callable[[User | None], Any]


@dataclass(frozen=True)
class Nested:
    """Something inside a record that is no field of its kind: `fill` writes it into the rows of a page at once."""

    key: str
    schema: MakeField
    fill: Callable[[User, list[Row]], None]


@dataclass(frozen=True)
class Input:
    """Something to be written that is no field of the kind; `on` says with which verbs."""

    key: str
    make: MakeField
    on: tuple[str, ...] = ("create",)


@dataclass(frozen=True)
class Action:
    """A verb on one record: POST /tasks/5/complete/. `run` is a service; of_deleted finds only deleted records.

    What `inputs` name may be said in the body, and is handed to the service as keywords.
    """

    name: str
    run: Callable[..., Any]
    summary: str | Promise
    of_deleted: bool = False
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True)
class Part:
    """One thing of a record at an address of its own: GET /customers/5/value/. None from `read` is a 404."""

    name: str
    permission: str
    schema: MakeField
    read: Callable[[User, Any], Any]
    summary: str | Promise


@dataclass(frozen=True)
class Resource:
    """`name` is the address, `kind` the key of the kind of record.

    `creates` and `edits` are the keys of fields that may be written, by default those with an edit name; services take
    (actor, values), (actor, obj, values, version), (actor, obj). `permissions` names those of verbs that are judged by
    another object. `scopes` are the access objects of which a token needs the first. `rows` gives what a person may
    see where the kind cannot; `group` is the field group without which the whole resource is closed. `version` is the
    path of the version that edits must name, empty for records that are never edited.
    """

    name: str
    kind: str
    one: str
    scopes: tuple[str, ...]
    create: Callable[..., Any] | None = None
    edit: Callable[..., Any] | None = None
    delete: Callable[..., Any] | None = None
    creates: tuple[str, ...] | None = None
    requires: tuple[str, ...] = ()
    edits: tuple[str, ...] | None = None
    inputs: tuple[Input, ...] = ()
    actions: tuple[Action, ...] = ()
    nested: tuple[Nested, ...] = ()
    parts: tuple[Part, ...] = ()
    permissions: Mapping[str, str | None] = field(default_factory=dict)
    rows: Callable[[User], QuerySet[Any]] | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    version: str = "version"
    default_sort: str = ""
    select: tuple[str, ...] = ()

    @cached_property
    def record_kind(self) -> Kind:
        return kinds()[self.kind]

    def permission(self, verb: str) -> str | None:
        """None is everybody who is signed in."""
        if verb in self.permissions:
            return self.permissions[verb]
        return self.record_kind.permission(verb)

    def visible(self, user: User) -> QuerySet[Any]:
        """What the person may see, without what is deleted."""
        return self.rows(user) if self.rows else self.record_kind.visible(user).filter(**self.where)

    def deleted(self, user: User) -> QuerySet[Any]:
        every: Any = self.record_kind.model._default_manager
        found: QuerySet[Any] = every.filter(deleted_at__isnull=False).visible_to(user)
        return found

    def is_written(self, field: Field, verb: str) -> bool:
        """Whether the field can be written with the verb at all."""
        chosen = self.creates if verb == "create" else self.edits
        return bool(field.edit) and not field.is_custom if chosen is None else field.key in chosen

    def written(self, verb: str) -> dict[str, Field]:
        fields = declared_fields(self.kind).values()
        return {field.key: field for field in fields if self.is_written(field, verb)}

    @property
    def sort(self) -> str:
        return self.default_sort or self.record_kind.default_sort or "-id"

    def version_of(self, obj: Any) -> int | None:
        """The version that the ETag names; None for what has none."""
        if not self.version:
            return None
        for step in self.version.split("__"):
            obj = getattr(obj, step)
        found: int = obj
        return found


@cache
def resources() -> dict[str, Resource]:
    """All resources by name, in the order of settings."""
    found: list[Resource] = [import_string(path) for path in settings.API_RESOURCES]
    return {resource.name: resource for resource in found}


def parts_of(resource: Resource) -> tuple[Part, ...]:
    """Its own, and those that upper apps add (settings.API_PARTS)."""
    added: list[Part] = [import_string(path) for path in settings.API_PARTS.get(resource.name, ())]
    return (*resource.parts, *added)


@cache
def resource_of(kind: str) -> Resource | None:
    return next((found for found in resources().values() if found.kind == kind), None)
