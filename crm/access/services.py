"""Asking for permission: 404 for what one may not see, 403 for what one may see but not do."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404

from crm.access.grants import grants
from crm.access.models import Role
from crm.access.permissions import read_permission
from crm.access.presets import PRESETS
from crm.access.querysets import AccessQuerySet
from crm.access.scopes import Scope
from crm.access.updating import with_all_rows
from crm.staff.models import User

M = TypeVar("M", bound=models.Model)


def allowed(user: User, permission: str, obj: models.Model | None = None) -> bool:
    """Whether the person holds the permission: for this row, or for any row at all."""
    scope = grants(user).scope_of(permission)
    return scope is not Scope.NONE if obj is None else grants(user).covers(scope, obj)


def require(user: User, permission: str, obj: models.Model | None = None) -> None:
    """Raises PermissionDenied without the permission, Http404 for a row the person may not even see."""
    if allowed(user, permission, obj):
        return
    if obj is not None and not allowed(user, view_permission(permission), obj):
        raise Http404
    raise PermissionDenied


def view_permission(permission: str) -> str:
    app, kind = read_permission(permission).object_name.split(".")
    return f"{app}.view_{kind}"


def find(queryset: AccessQuerySet[M], user: User, pk: int) -> M:
    """The row, if the person may see it; else Http404, as if it did not exist."""
    found = queryset.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def field_level(user: User, group: str) -> str:
    """hidden, read or edit: what the person may do with the fields of a group."""
    return grants(user).field_groups.get(group, "hidden")


def presets_create() -> None:
    """Add the preset roles that are not there yet; roles that an administrator changed stay as they are."""
    there = set(Role.objects.values_list("key", flat=True))
    for key, values in PRESETS.items():
        if key not in there:
            matrix = with_all_rows({}, values["matrix"])
            Role.objects.get_or_create(key=key, defaults={**values, "matrix": matrix})
