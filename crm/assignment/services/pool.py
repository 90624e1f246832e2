"""Writing pools and their members."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.assignment.models import Pool, PoolMember
from crm.assignment.rules import WEIGHTS
from crm.assignment.services.assigning import fold
from crm.audit.services import record
from crm.records.services import touch, write_changes
from crm.staff.models import User


@transaction.atomic
def pool_create(*, actor: User, name: str, rule: str = Pool.Rule.TURNS) -> Pool:
    """Raises ValidationError for a name that is taken."""
    require(actor, "assignment.create_pool")
    try:
        with transaction.atomic():
            pool = Pool.objects.create(name=name, rule=rule)
    except IntegrityError as fault:
        raise taken() from fault
    record(actor=actor, action="assignment.pool.create", obj=pool, after={"name": name, "rule": rule})
    return pool


@transaction.atomic
def pool_edit(*, actor: User, pool: Pool, values: Mapping[str, Any], version: int) -> Pool:
    """Change name or rule. Raises StaleRecord, ValidationError."""
    require(actor, "assignment.edit_pool", pool)
    try:
        with transaction.atomic():
            return write_changes(
                actor=actor, obj=pool, values=values, version=version, action="assignment.pool.edit"
            )
    except IntegrityError as fault:
        raise taken() from fault


def taken() -> ValidationError:
    return ValidationError({"name": _("There is another pool with this name.")})


@transaction.atomic
def pool_delete(*, actor: User, pool: Pool) -> Pool:
    require(actor, "assignment.delete_pool", pool)
    record(
        actor=actor, action="assignment.pool.delete", obj=pool, before={"name": pool.name, "rule": pool.rule}
    )
    pool.delete()
    return pool


@transaction.atomic
def member_set(
    *,
    actor: User,
    pool: Pool,
    user: User,
    weight: int = 1,
    capacity: int | None = None,
    skills: Iterable[str] = (),
    is_paused: bool = False,
) -> PoolMember:
    """Add a member, or change what they take; whoever joins begins where the others stand. Raises ValidationError."""
    require(actor, "assignment.edit_pool", pool)
    if weight not in WEIGHTS:
        raise ValidationError({"weight": _("The share is a number from 1 to 10.")})
    pool = Pool.objects.select_for_update().get(pk=pool.pk)
    values = {
        "weight": weight,
        "capacity": capacity,
        "skills": sorted({fold(skill) for skill in skills if fold(skill)}),
        "is_paused": is_paused,
    }
    if not user.is_active and not is_paused:
        raise ValidationError({"user": _("This person does not work here any more.")})
    member, _new = PoolMember.objects.update_or_create(
        pool=pool, user=user, defaults=values, create_defaults=values | {"turn": pool.clock}
    )
    touch(pool, pool.version)
    record(actor=actor, action="assignment.pool.set_member", obj=pool, after={"user": user, **values})
    return member


@transaction.atomic
def member_remove(*, actor: User, member: PoolMember) -> Pool:
    pool = member.pool
    require(actor, "assignment.edit_pool", pool)
    touch(pool, pool.version)
    record(actor=actor, action="assignment.pool.remove_member", obj=pool, before={"user": member.user})
    member.delete()
    return pool
