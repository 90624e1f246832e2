"""Writing the tree of teams: one root, no circles, no team goes while records belong to it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.records.services import write_changes
from crm.staff.models import Invite, Team, User
from crm.staff.selectors import below
from crm.staff.team_rows import rows_of, total


@transaction.atomic
def team_create(*, actor: User, name: str, parent: Team) -> Team:
    require(actor, "staff.create_team")
    team = Team(name=name, parent=parent)
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise ValidationError({"name": taken(name)}) from None
    told = {"name": name, "parent": parent.name}
    record(actor=actor, action="staff.team.create", obj=team, after=told)
    return team


def taken(name: str) -> str:
    return _("There is a team called %(name)s already.") % {"name": name}


@transaction.atomic
def team_edit(*, actor: User, team: Team, values: Mapping[str, Any], version: int) -> Team:
    """Rename or move a team. Raises StaleRecord, ValidationError for a circle."""
    require(actor, "staff.edit_team")
    tree = tree_lock()
    check_place(team, values.get("parent", team.parent), tree)
    try:
        with transaction.atomic():
            write_changes(actor=actor, obj=team, values=values, version=version, action="staff.team.edit")
    except IntegrityError:
        raise ValidationError({"name": taken(values["name"])}) from None
    return team


def tree_lock() -> dict[int | None, list[int]]:
    """The keys of all teams below each; nobody else moves one meanwhile, else two moves could make a circle."""
    children: dict[int | None, list[int]] = {}
    for pk, parent in Team.objects.select_for_update().order_by("pk").values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(pk)
        children.setdefault(pk, [])
    return children


def check_place(team: Team, parent: Team | None, tree: dict[int | None, list[int]]) -> None:
    if team.pk in tree.get(None, []) and parent is not None:
        raise ValidationError({"parent": _("The company itself stays at the top.")})
    if team.pk not in tree.get(None, []) and parent is None:
        raise ValidationError({"parent": _("Choose the team that it is part of.")})
    if parent is not None and parent.pk in below([team.pk], tree):
        raise ValidationError({"parent": _("A team cannot be part of itself or of a team below it.")})


@transaction.atomic
def team_delete(*, actor: User, team: Team, successor: Team) -> None:
    """Its members, its invitations and the teams below it go to `successor`. Raises ValidationError."""
    require(actor, "staff.delete_team")
    tree = tree_lock()
    if team.pk in tree.get(None, []):
        raise ValidationError(_("The company itself cannot be deleted."))
    if successor.pk == team.pk or successor.pk in below([team.pk], tree):
        raise ValidationError({"successor": _("Choose a team that stays.")})
    if count := total(rows_of(team)):
        text = _("%(count)s records belong to this team. Move them first.")
        raise ValidationError(text % {"count": f"{count:,}"})
    told = {"name": team.name, "members": [str(member) for member in team.members.all()]}
    record(
        actor=actor, action="staff.team.delete", obj=team, before=told, after={"successor": successor.name}
    )
    for member in team.members.all():
        member.teams.add(successor)
    for invite in Invite.objects.filter(teams=team):
        invite.teams.add(successor)
    for child in team.children.all():
        values = {"parent": successor}
        write_changes(actor=actor, obj=child, values=values, version=None, action="staff.team.edit")
    team.delete()


@transaction.atomic
def team_empty(*, actor: User, team: Team, successor: Team) -> Job:
    """Queue the job that gives all records of a team to another. Raises ValidationError."""
    require(actor, "staff.edit_team")
    if successor.pk == team.pk:
        raise ValidationError({"successor": _("Choose another team.")})
    told = {"records": total(rows_of(team)), "successor": successor.name}
    record(actor=actor, action="staff.team.empty", obj=team, after=told)
    payload = {"successor": successor.pk}
    job = enqueue("staff.empty_team", team.pk, actor=actor, payload=payload)
    if job.payload != payload:
        raise ValidationError({"successor": _("They are being moved to another team already.")})
    return job
