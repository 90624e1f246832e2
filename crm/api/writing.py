"""The verbs of a resource: each locks its record, compares the version, calls the service, tells what stands now.

All of it runs in the caller's transaction.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from crm.access.services import allowed, field_level
from crm.api.answers import Answer, etag
from crm.api.inputs import read_action, read_input
from crm.api.problems import Problem, refused
from crm.api.representing import Shape
from crm.api.resources import Action, Resource
from crm.api.scopes import covers
from crm.lists.reading import hidden_in
from crm.records.errors import StaleRecord
from crm.records.kinds import declared_fields
from crm.staff.models import User

LARGEST_ID = 2**63


def require_verb(resource: Resource, verb: str, user: User, token: Any) -> None:
    """Raises PermissionDenied unless the person may do this at all, and the token reaches so far."""
    writes = verb != "view"
    permission = resource.permission(verb)
    if not covers(token, resource.scopes[0], writes=writes):
        raise PermissionDenied
    if permission is not None and not allowed(user, permission):
        raise PermissionDenied
    if resource.group and field_level(user, resource.group) not in (
        ("edit",) if writes else ("read", "edit")
    ):
        raise PermissionDenied


class Writer:
    """Writes records of one resource for one person; `asked` are the fields that answers show."""

    def __init__(self, resource: Resource, user: User, asked: str | None = None) -> None:
        self.resource, self.user = resource, user
        self.shape = Shape(resource, user, asked)

    def create(self, data: Any) -> Answer:
        resource = self.resource
        if resource.create is None:
            raise Problem(405, _("These records cannot be created here."))
        values = read_input(resource, "create", self.user, data)
        obj = resource.create(actor=self.user, values=values)
        return self.shown(obj.pk, status=201)

    def edit(self, pk: int, match: str, data: Any) -> Answer:
        obj = self.locked(pk)
        version = self.checked(obj, match)
        self.require_row("edit", obj)
        values = read_input(self.resource, "edit", self.user, data)
        self.check_hidden(obj, values)
        service = self.resource.edit or self.resource.record_kind.edit
        if service is None:
            raise Problem(405, _("These records cannot be changed here."))
        if values:
            try:
                obj = service(actor=self.user, obj=obj, values=values, version=version or 0) or obj
            except StaleRecord as fault:
                raise self.stale(obj.pk) from fault
        return self.shown(obj.pk)

    def delete(self, pk: int, match: str) -> Answer:
        obj = self.locked(pk)
        self.checked(obj, match)
        service = self.resource.delete or self.resource.record_kind.delete
        if service is None:
            raise Problem(405, _("These records cannot be deleted here."))
        service(actor=self.user, obj=obj)
        return Answer(204)

    def act(self, action: Action, pk: int, match: str = "", data: Any = None) -> Answer:
        """A verb that comes to the same end when it is said twice: it asks for the version only when one is named."""
        obj = self.locked(pk, of_deleted=action.of_deleted)
        if match:
            self.checked(obj, match)
        told = read_action(self.resource, action, self.user, {} if data is None else data)
        action.run(actor=self.user, obj=obj, **told)
        return self.shown(obj.pk)

    def shown(self, pk: int, status: int = 200) -> Answer:
        """The record as it stands; one that its writer no longer sees (given away) is only known by its id."""
        obj = self.resource.visible(self.user).filter(pk=pk).first()
        if obj is None:
            return Answer(status, {"id": pk})
        return Answer(status, self.shape.one(pk), etag(self.resource.version_of(obj)))

    # --- what stands before every write --------------------------------------------------------------------------

    def locked(self, pk: int, *, of_deleted: bool = False) -> Any:
        """The record, held until the end of the transaction. Raises Http404."""
        if not 0 < pk < LARGEST_ID:
            raise Http404
        rows = self.resource.deleted(self.user) if of_deleted else self.resource.visible(self.user)
        if self.resource.select:
            rows = rows.select_related(*self.resource.select)
        found = rows.select_for_update(of=("self",)).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found

    def checked(self, obj: Any, match: str) -> int | None:
        """The version that the writer names and that stands. Raises Problem (428, 412)."""
        version = self.resource.version_of(obj)
        if version is None:
            return None
        if not match:
            text = _("Name the version that you saw: If-Match with the ETag of the record.")
            raise Problem(428, text)
        if not matches(match, version):
            raise self.stale(obj.pk)
        return version

    def stale(self, pk: int) -> Problem:
        now = self.shown(pk)
        text = _("Somebody else changed the record first. Nothing was written.")
        return Problem(412, text, headers=now.headers, more={"current": now.body})

    def require_row(self, verb: str, obj: Any) -> None:
        permission = self.resource.permission(verb)
        if permission is not None and hasattr(obj, "owner_id") and not allowed(self.user, permission, obj):
            raise PermissionDenied

    def check_hidden(self, obj: Any, values: Mapping[str, Any]) -> None:
        """What stands in a field and may not be seen is not written over."""
        declared = declared_fields(self.resource.kind)
        for key in values:
            field = declared.get(key)
            if field and hidden_in(self.user, self.resource.record_kind, field, [obj.pk]):
                text = _("You may not see what stands here, so you cannot change it.")
                raise refused([{"field": key, "detail": text}])


def matches(header: str, version: int) -> bool:
    """`"7"`, `W/"7"` (as compressed answers carry it), several of them, or `*` for whatever stands."""
    for item in header.split(","):
        text = item.strip().removeprefix("W/").strip('"')
        if text in ("*", str(version)):
            return True
    return False
