"""Writing people: what they are called, which teams and roles they have, whether they may sign in."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.delegation import may_give, may_rule
from crm.access.grants import ADMINISTRATOR
from crm.access.models import Role
from crm.access.services import require
from crm.audit.services import record
from crm.records.services import check_version, touch, write_changes
from crm.staff.models import Team, User


@transaction.atomic
def person_edit(
    *,
    actor: User,
    person: User,
    values: Mapping[str, Any],
    teams: Iterable[Team],
    roles: Iterable[Role],
    version: int,
) -> User:
    """Change name, e-mail, teams and roles, all or nothing. Raises StaleRecord, ValidationError."""
    require(actor, "staff.edit_user")
    require_rule(actor, person)
    administrator = administrator_lock()
    check_version(person, version)
    chosen = list(roles)
    if not administrator or administrator not in chosen:
        require_another_administrator(person)
    require_gift(actor, {*chosen} ^ {*person.roles.all()})
    check_email(values.get("email", person.email), person)
    write_changes(actor=actor, obj=person, values=values, version=version, action="staff.user.edit")
    write_memberships(actor, person, list(teams), chosen)
    return person


def write_memberships(actor: User, person: User, teams: list[Team], roles: list[Role]) -> None:
    before = {"teams": names(person.teams.all()), "roles": names(person.roles.all())}
    after = {"teams": names(teams), "roles": names(roles)}
    changed = [key for key in before if before[key] != after[key]]
    if not changed:
        return
    person.teams.set(teams)
    person.roles.set(roles)
    touch(person, person.version)
    record(
        actor=actor,
        action="staff.user.assign",
        obj=person,
        before={key: before[key] for key in changed},
        after={key: after[key] for key in changed},
    )


def names(rows: Iterable[Team | Role]) -> list[str]:
    return sorted(row.name for row in rows)


def require_rule(actor: User, person: User) -> None:
    if not may_rule(actor, person):
        raise PermissionDenied


def require_gift(actor: User, roles: Iterable[Role]) -> None:
    """Raises ValidationError for roles that allow more than the giver may do."""
    if not may_give(actor, roles):
        raise ValidationError(
            {"roles": _("You may only give and take roles that allow no more than your own.")}
        )


def check_email(email: str, person: User | None = None) -> None:
    others = User.objects.exclude(pk=person.pk) if person else User.objects
    taken = others.filter(email__iexact=email).exists()
    if taken:
        raise ValidationError({"email": _("Somebody with this e-mail address exists already.")})


def administrator_lock() -> Role | None:
    """Whoever may take an administrator away waits here: two at once would each leave the other as the last."""
    return Role.objects.select_for_update(of=("self",)).filter(key=ADMINISTRATOR).first()


def require_another_administrator(person: User) -> None:
    """Raises ValidationError if nobody else could administer the program; the role is locked by the caller."""
    administrators = User.objects.filter(is_active=True, roles__key=ADMINISTRATOR)
    if administrators.filter(pk=person.pk).exists() and not administrators.exclude(pk=person.pk).exists():
        raise ValidationError(
            _("%(name)s is the last administrator. Make somebody else one first.") % {"name": person}
        )


@transaction.atomic
def person_deactivate(*, actor: User, person: User) -> User:
    """Take the person's sign-in away at once; what they wrote and own stays. Raises ValidationError."""
    require(actor, "staff.deactivate_user")
    require_rule(actor, person)
    administrator_lock()
    person.refresh_from_db()
    if not person.is_active:
        return person
    require_another_administrator(person)
    values = {"is_active": False}
    write_changes(actor=actor, obj=person, values=values, version=None, action="staff.user.deactivate")
    sessions_end(person)
    return person


@transaction.atomic
def person_reactivate(*, actor: User, person: User) -> User:
    require(actor, "staff.reactivate_user")
    require_rule(actor, person)
    values = {"is_active": True}
    return write_changes(actor=actor, obj=person, values=values, version=None, action="staff.user.reactivate")


def sessions_end(person: User) -> None:
    """Sign the person out everywhere."""
    kept = person.usersession_set.all()  # type: ignore[attr-defined]
    Session.objects.filter(session_key__in=list(kept.values_list("session_key", flat=True))).delete()
    kept.delete()
