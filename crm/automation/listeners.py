"""What the audit trail tells: written into the outbox, if any automation might care."""

from collections.abc import Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models, transaction
from django.db.models import QuerySet

from crm.access.beside import Beside
from crm.audit.models import AuditEntry
from crm.automation.choices import HEARD, Cause
from crm.automation.models import Automation, Event
from crm.automation.origin import current_origin
from crm.jobs.services import enqueue
from crm.kept import has_kept, kept
from crm.records.kinds import kinds

JOB = "automation.handle"


def written(written: Sequence[tuple[AuditEntry, models.Model]]) -> None:
    """One query where no automation listens; else one more insert for all rows together."""
    known = kinds()
    heard = [(entry, obj) for entry, obj in written if entry.object_type in known]
    if not heard:
        return
    listening = listened({entry.object_type for entry, _obj in heard})
    events = [event_of(entry) for entry, _obj in heard if entry.object_type in listening]
    if events:
        Event.objects.bulk_create(events, batch_size=1_000)
        # after commit: writers do not wait for each other at the one row of the job; the clock finds what is lost
        transaction.on_commit(lambda: enqueue(JOB))


def imported(kind: str, action: str, written: Sequence[tuple[int, list[str]]]) -> None:
    """IMPORT_LISTENERS entry: what an import writes wakes automations as any other write does."""
    if not listened({kind}):
        return
    cause = cause_of(action)
    events = [
        Event(kind=kind, object_id=pk, cause=cause, action=action, fields=fields) for pk, fields in written
    ]
    Event.objects.bulk_create(events, batch_size=1_000)
    transaction.on_commit(lambda: enqueue(JOB))


def listened(names: set[str]) -> set[str]:
    """The kinds of record whose changes some automation waits for; a request asks once, at its beginning."""
    return names & (kept(HEARD_KINDS, set) if has_kept(HEARD_KINDS) else set(heard_kinds()))


def heard_kinds() -> QuerySet[Automation, str]:
    found = Automation.objects.filter(is_on=True, cause__in=HEARD)
    return found.order_by().values_list("kind", flat=True).distinct()


HEARD_KINDS = "automation.heard"
LISTENED = Beside(HEARD_KINDS, lambda: ArraySubquery(heard_kinds()), set)


def event_of(entry: AuditEntry) -> Event:
    origin = current_origin()
    return Event(
        kind=entry.object_type,
        object_id=entry.object_id,
        cause=cause_of(entry.action),
        action=entry.action,
        fields=sorted({*entry.before, *entry.after}),
        entry_id=entry.pk,
        chain=list(origin.chain) if origin else [],
        is_own=origin is not None and origin.kind == entry.object_type and entry.object_id in origin.records,
        at=entry.at,
    )


def cause_of(action: str) -> Cause:
    """`contacts.customer.create` -> created; every verb but these two changes the record."""
    verb = action.rpartition(".")[2]
    return {"create": Cause.CREATED, "delete": Cause.DELETED}.get(verb, Cause.CHANGED)
