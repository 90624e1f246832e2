"""Seeing the program as somebody else: read-only, for half an hour, never more than one may do oneself."""

from copy import copy as duplicate
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from crm.access.delegation import may_give, may_rule
from crm.access.grants import merged_grants
from crm.access.models import Role
from crm.access.services import allowed, require
from crm.audit.services import record
from crm.staff.models import User

KEY = "sees_as"
GOOD_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Preview:
    """Who looks (`reader`), and through whose eyes (`user`, as every page takes it)."""

    reader: User
    user: User
    target: User | Role
    ends_at: Any


def may_see_as(actor: User, target: User | Role) -> bool:
    if not allowed(actor, "access.preview_role"):
        return False
    return may_rule(actor, target) if isinstance(target, User) else may_give(actor, [target])


def preview_begin(*, request: HttpRequest, actor: User, target: User | Role) -> None:
    """Kept in the session, so that it dies with it. Raises PermissionDenied."""
    require(actor, "access.preview_role")
    if not may_see_as(actor, target) or target == actor:
        raise PermissionDenied
    kind = "person" if isinstance(target, User) else "role"
    ends_at = timezone.now() + GOOD_FOR
    request.session[KEY] = {"kind": kind, "pk": target.pk, "ends_at": ends_at.timestamp()}
    record(actor=actor, action="access.preview.begin", obj=target, after={"sees_as": str(target)})


def preview_end(request: HttpRequest) -> None:
    """Ended by the person, by the clock, or by signing out: whatever comes first, once."""
    kept = request.session.pop(KEY, None)
    reader = getattr(request, "reader", None) or request.user
    if kept is None or not isinstance(reader, User):
        return
    target = found(kept)
    if target is not None:
        record(actor=reader, action="access.preview.end", obj=target, after={"sees_as": str(target)})


def found(kept: dict[str, Any]) -> "User | Role | None":
    if kept["kind"] == "person":
        return User.objects.filter(pk=kept["pk"]).first()
    return Role.objects.filter(pk=kept["pk"]).first()


def preview_of(request: HttpRequest, reader: User) -> Preview | None:
    """What the session says, judged anew in every request; None when it is over."""
    kept = request.session.get(KEY)
    if kept is None:
        return None
    target = found(kept)
    if target is None or kept["ends_at"] <= timezone.now().timestamp() or not may_see_as(reader, target):
        return None
    ends_at = datetime.fromtimestamp(kept["ends_at"], tz=UTC)
    return Preview(reader, eyes(reader, target), target, ends_at)


def eyes(reader: User, target: "User | Role") -> User:
    """A person as they are; a role as if the reader held it alone."""
    if isinstance(target, User):
        return target
    user = duplicate(reader)
    user.kept_grants = merged_grants(reader.pk, [target])  # type: ignore[attr-defined]
    return user
