"""Arranging the pages of records."""

from django.db import IntegrityError, transaction

from crm.access.models import Role
from crm.access.services import require
from crm.audit.services import record
from crm.layouts.arrangement import Arrangement, order_json, properties_json
from crm.layouts.checks import check_arrangement
from crm.layouts.models import RecordLayout
from crm.layouts.selectors import arrangement_of, full_offer
from crm.layouts.words import told
from crm.records.errors import StaleRecord
from crm.records.kinds import Kind, kinds
from crm.records.services import check_version, touch, write_deletion, write_restoration
from crm.staff.models import User


@transaction.atomic
def layout_edit(
    *, actor: User, kind: Kind, role: Role | None, arrangement: Arrangement, version: int
) -> RecordLayout:
    """Arrange the page for everybody or a role; version 0: there was no layout.

    Raises StaleRecord, ValidationError.
    """
    require(actor, "layouts.edit_layout")
    check_arrangement(arrangement, full_offer(kind))
    row = RecordLayout.objects.filter(kind=kind.key, role=role).first()
    if row is None:
        return layout_create(actor=actor, row=RecordLayout(kind=kind.key, role=role), arrangement=arrangement)
    if row.deleted_at is None and arrangement_of(row) == arrangement:
        return check_version(row, version)
    before = told(kind, None if row.deleted_at else arrangement_of(row))
    touch(row, version)
    fill(row, arrangement)
    row.deleted_at = None
    row.save(update_fields=["properties", "tabs", "panels", "deleted_at"])
    after = told(kind, arrangement)
    changed = [key for key in after if before[key] != after[key]]
    record(
        actor=actor,
        action="layouts.layout.edit",
        obj=row,
        before={key: before[key] for key in changed},
        after={key: after[key] for key in changed},
    )
    return row


def layout_create(*, actor: User, row: RecordLayout, arrangement: Arrangement) -> RecordLayout:
    """The first layout of its kind and role; of two at once one is stale."""
    fill(row, arrangement)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise StaleRecord(RecordLayout.objects.get(kind=row.kind, role=row.role)) from None
    after = {key: words for key, words in told(kinds()[row.kind], arrangement).items() if words}
    record(actor=actor, action="layouts.layout.create", obj=row, after=after)
    return row


def fill(row: RecordLayout, arrangement: Arrangement) -> None:
    row.properties = properties_json(arrangement)
    row.tabs, row.panels = order_json(arrangement.tabs), order_json(arrangement.panels)


@transaction.atomic
def layout_reset(*, actor: User, layout: RecordLayout) -> RecordLayout:
    """Back to what holds without it; `layout_restore` undoes it."""
    require(actor, "layouts.reset_layout")
    return write_deletion(actor=actor, obj=layout, action="layouts.layout.reset")


@transaction.atomic
def layout_restore(*, actor: User, layout: RecordLayout) -> RecordLayout:
    require(actor, "layouts.restore_layout")
    return write_restoration(actor=actor, obj=layout, action="layouts.layout.restore")
