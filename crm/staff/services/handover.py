"""Handing over what a person owns, in the background: each batch is whole, and begun again it goes on."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.records.services import write_changes
from crm.staff.models import User
from crm.staff.reassign import Reassigner, belongings, reassigners
from crm.staff.services.people import require_rule

BATCH = 200


@transaction.atomic
def hand_over(*, actor: User, person: User, colleague: User) -> Job:
    """Queue the job that gives everything the person owns to a colleague. Raises ValidationError."""
    require(actor, "staff.edit_user")
    require_rule(actor, person)
    if colleague.pk == person.pk or not colleague.is_active:
        raise ValidationError({"colleague": _("Choose a colleague who works here.")})
    told = {"colleague": str(colleague), "records": sum(item["count"] for item in belongings(person))}
    record(actor=actor, action="staff.user.hand_over", obj=person, after=told)
    payload = {"colleague": colleague.pk}
    job = enqueue("staff.hand_over", person.pk, actor=actor, payload=payload)
    if job.payload != payload:
        raise ValidationError({"colleague": _("This is being handed to another colleague already.")})
    return job


def hand_over_all(
    *, actor: User | None, person: User, colleague: User, report: Callable[[int, int], None]
) -> dict[str, int]:
    """Run by the job: what is handed over already is no longer the person's, so it may be begun again."""
    total = sum(item["count"] for item in belongings(person))
    done: dict[str, int] = {}
    for kind in reassigners():
        done[kind.key] = 0
        while count := batch_hand_over(actor, kind, person, colleague):
            done[kind.key] += count
            report(sum(done.values()), max(total, sum(done.values())))
    return done


@transaction.atomic
def batch_hand_over(actor: User | None, kind: Reassigner, person: User, colleague: User) -> int:
    rows = list(kind.owned_by(person).select_for_update(of=("self",)).order_by("pk")[:BATCH])
    for row in rows:
        values = {"owner": colleague}
        write_changes(actor=actor, obj=row, values=values, version=None, action=kind.action)
        kind.after(row)
    return len(rows)
