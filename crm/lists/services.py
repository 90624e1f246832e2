"""Saving views, pinning them, opening lists with them, arranging columns."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.grants import grants
from crm.access.models import Role
from crm.access.services import allowed, require
from crm.audit.services import record
from crm.lists.columns import Chosen
from crm.lists.models import Arrangement, DefaultView, View
from crm.lists.selectors import may_edit_view, views
from crm.records.kinds import Kind
from crm.records.services import write_changes
from crm.staff.models import User


@transaction.atomic
def view_create(*, actor: User, kind: Kind, values: Mapping[str, Any]) -> View:
    """Keep a list under a name. Sharing it needs the right to; a team view is of a team of its owner or above."""
    require(actor, kind.permission("view"))
    view = View(kind=kind.key, owner=actor, **values)
    check_share(actor, view)
    view.save()
    view.pinned_by.add(actor)
    record(actor=actor, action="lists.view.create", obj=view, after={"name": view.name, "share": view.share})
    return view


@transaction.atomic
def view_edit(*, actor: User, view: View, values: Mapping[str, Any], version: int | None = None) -> View:
    """Change name, sharing or content. Raises StaleRecord, ValidationError."""
    require_editable(actor, view)
    check_defaults(view, values.get("share", view.share))
    draft = View(owner=view.owner, share=values.get("share", view.share), team=values.get("team", view.team))
    if {"share", "team"} & values.keys():
        check_share(actor, draft)
    return write_changes(actor=actor, obj=view, values=values, version=version, action="lists.view.edit")


def check_share(actor: User, view: View) -> None:
    if view.share != View.Share.PRIVATE:
        require(actor, "lists.create_view")
    if view.share != View.Share.TEAM:
        view.team = None
    elif view.team_id not in grants(actor).teams_above:
        raise PermissionDenied


def check_defaults(view: View, share: str) -> None:
    """Raises ValidationError for taking a view from the roles whose list opens with it."""
    if share == View.Share.EVERYONE:
        return
    roles = Role.objects.filter(pk__in=view.defaults.filter(role__isnull=False).values("role"))
    if names := ", ".join(roles.values_list("name", flat=True)):
        text = _("The list opens with it for %s. Choose another default for them first.")
        raise ValidationError({"share": text % names})


def require_editable(actor: User, view: View) -> None:
    """Raises Http404 for a view that the person cannot open, PermissionDenied for one that is not theirs to change."""
    if not views(actor, view.kind).filter(pk=view.pk).exists():
        raise Http404
    if not may_edit_view(actor, view):
        raise PermissionDenied


@transaction.atomic
def view_delete(*, actor: User, view: View) -> View:
    """Take the view away from everybody; `view_restore` brings it back."""
    require_editable(actor, view)
    return write_changes(
        actor=actor, obj=view, values={"deleted_at": timezone.now()}, version=None, action="lists.view.delete"
    )


@transaction.atomic
def view_restore(*, actor: User, view: View) -> View:
    if not may_edit_view(actor, view):
        raise Http404
    return write_changes(
        actor=actor, obj=view, values={"deleted_at": None}, version=None, action="lists.view.restore"
    )


@transaction.atomic
def view_pin(*, actor: User, view: View) -> View:
    """Keep the view among the person's tabs."""
    view.pinned_by.add(actor)
    return view


@transaction.atomic
def view_unpin(*, actor: User, view: View) -> View:
    view.pinned_by.remove(actor)
    return view


@transaction.atomic
def view_set_default(*, actor: User, kind: Kind, view: View | None) -> None:
    """Open the list with this view for oneself; None opens it with everything. Of roles: `view_set_roles`."""
    if view is None:
        DefaultView.objects.filter(kind=kind.key, user=actor).delete()
    else:
        DefaultView.objects.update_or_create(kind=kind.key, user=actor, defaults={"view": view})


@transaction.atomic
def arrange(*, actor: User, kind: Kind, view: View | None, columns: Chosen) -> None:
    """The person's own columns of a list or view; none brings back those of the view."""
    require(actor, kind.permission("view"))
    if not columns:
        Arrangement.objects.filter(user=actor, kind=kind.key, view=view).delete()
        return
    Arrangement.objects.update_or_create(
        user=actor, kind=kind.key, view=view, defaults={"columns": [list(item) for item in columns]}
    )


def may_share(actor: User) -> bool:
    return allowed(actor, "lists.create_view")
