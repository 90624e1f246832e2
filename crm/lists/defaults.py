"""Which view a list opens with: for oneself, and for the holders of a role."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.access.models import Role
from crm.access.services import allowed, require
from crm.audit.services import record
from crm.lists.models import DefaultView, View
from crm.lists.selectors import may_edit_view
from crm.lists.services import may_share, view_edit
from crm.staff.models import User

RULE_ROLES = "staff.edit_user"


@dataclass
class Defaults:
    """For whom a list opens with a view: the reader, and these roles as far as they may know."""

    own: bool = False
    roles: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        whom = ([_("you")] if self.own else []) + self.roles
        return _("Default for %s") % ", ".join(whom) if whom else ""


def may_rule_roles(user: User) -> bool:
    return allowed(user, RULE_ROLES)


def defaults(user: User, kind: str) -> dict[int, Defaults]:
    """By view. Who sets them knows those of all roles, everybody else those of their own."""
    roles = Q(role__isnull=False) if may_rule_roles(user) else Q(role__users=user)
    rows = DefaultView.objects.filter(Q(user=user) | roles, kind=kind).select_related("role")
    found: dict[int, Defaults] = {}
    for row in rows.order_by("role__name").distinct():
        held = found.setdefault(row.view_id, Defaults())
        if row.role is None:
            held.own = True
        else:
            held.roles.append(row.role.name)
    return found


def may_be_shared(user: User, view: View) -> bool:
    """Whether the person could make it a view for everyone."""
    return may_share(user) and may_edit_view(user, view)


@transaction.atomic
def view_set_roles(*, actor: User, view: View, roles: Iterable[Role], share: bool = False) -> None:
    """Open the list with this view for just these roles; `share` makes it a view for everyone first.

    Raises ValidationError for roles with a view that is not for everyone.
    """
    require(actor, RULE_ROLES)
    wanted = {role.pk: role for role in roles}
    if wanted and view.share != View.Share.EVERYONE:
        if not share:
            text = _("Only a view that everyone sees can open the list for a role. Share it with everyone.")
            raise ValidationError({"share": text})
        view_edit(actor=actor, view=view, values={"share": View.Share.EVERYONE, "team": None})
    held = DefaultView.objects.filter(view=view, role__isnull=False).select_related("role")
    before = {row.role_id: row.role for row in held}
    if before.keys() == wanted.keys():
        return
    held.exclude(role__in=wanted).delete()
    DefaultView.objects.bulk_create(
        [DefaultView(kind=view.kind, role=role, view=view) for role in wanted.values()],
        update_conflicts=True,
        unique_fields=("role", "kind"),
        update_fields=("view",),
    )
    told = [sorted(str(role) for role in found.values()) for found in (before, wanted)]
    record(
        actor=actor,
        action="lists.view.default",
        obj=view,
        before={"roles": told[0]},
        after={"roles": told[1]},
    )
