"""What an automation would have done in the last 30 days, from the audit trail and the dates of the records.

The rule is asked of the records as they are now: what they held then is not kept for every field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit.models import AuditEntry
from crm.automation.choices import Cause
from crm.automation.errors import AutomationFault
from crm.automation.listeners import cause_of
from crm.automation.matching import dated, matching_rows
from crm.automation.triggers import check_trigger, concerns
from crm.company.selectors import company_day
from crm.records.kinds import Kind
from crm.staff.models import User

DAYS = 30
SHOWN = 100
#: entries of the trail that are looked at; with more the newest count, and the page says so
MOST_ENTRIES = 50_000
CHUNK = 5_000


@dataclass(frozen=True)
class Shown:
    pk: int
    name: str
    url: str
    at: datetime | None


@dataclass(frozen=True)
class DryRun:
    """`count` runs on `records` records; `notes` say what is not known. `is_first`: of its first time."""

    count: int
    records: int
    rows: list[Shown]
    notes: list[str]
    problem: str = ""
    is_first: bool = False


def dry_run(kind: Kind, user: User, cause: str, trigger: Mapping[str, Any], rule: Any) -> DryRun:
    """For the person who asks: on the records that they may see."""
    try:
        check_trigger(kind, user, cause, trigger)
        if cause == Cause.SCHEDULE:
            return by_schedule(kind, user, trigger, rule)
        if cause == Cause.DATE:
            return by_date(kind, user, trigger, rule)
        return by_trail(kind, user, cause, trigger, rule)
    except AutomationFault as fault:
        return DryRun(0, 0, [], [], fault.text)


def by_trail(kind: Kind, user: User, cause: str, trigger: Mapping[str, Any], rule: Any) -> DryRun:
    happened, is_cut = trail(kind, user, cause, trigger)
    able: set[int] = set()
    rows = matching_rows(kind, user, rule, deleted=cause == Cause.DELETED)
    ids = sorted({pk for pk, _at in happened})
    for start in range(0, len(ids), CHUNK):
        able |= set(rows.filter(pk__in=ids[start : start + CHUNK]).values_list("pk", flat=True))
    found = [(pk, at) for pk, at in happened if pk in able]
    notes = [_("The rule was asked of the records as they are now, not as they were then.")] if rule else []
    if cause != Cause.DELETED:
        notes.append(_("Records that were deleted since are left out."))
    if is_cut:
        notes.append(_("There were more changes than can be looked at here; only the newest count."))
    return DryRun(len(found), len({pk for pk, _at in found}), shown(kind, user, found[:SHOWN]), notes)


def trail(
    kind: Kind, user: User, cause: str, trigger: Mapping[str, Any]
) -> tuple[list[tuple[int, datetime]], bool]:
    """(record, moment) of what the trigger would have heard, the newest first; and whether there was more."""
    since = timezone.now() - timedelta(days=DAYS)
    entries = AuditEntry.objects.filter(object_type=kind.key, at__gte=since).order_by("-at", "-id")
    if cause == Cause.EVENT:
        entries = entries.filter(action=trigger.get("action"))
    elif cause in (Cause.CREATED, Cause.DELETED):
        verb = {Cause.CREATED: "create", Cause.DELETED: "delete"}[Cause(cause)]
        entries = entries.filter(action=f"{kind.key}.{verb}")
    read = list(entries.values_list("object_id", "at", "action", "before", "after")[: MOST_ENTRIES + 1])
    found = [
        (pk, at)
        for pk, at, action, before, after in read[:MOST_ENTRIES]
        if concerns(kind, user, cause, trigger, cause_of(action), action, {*before, *after})
    ]
    return found, len(read) > MOST_ENTRIES


def by_date(kind: Kind, user: User, trigger: Mapping[str, Any], rule: Any) -> DryRun:
    """The dates whose turn it was in the last 30 days, today's included."""
    today, shift = company_day(), timedelta(days=int(trigger.get("days", 0)))
    first, last = today - timedelta(days=DAYS - 1) - shift, today - shift
    rows = matching_rows(kind, user, rule).filter(dated(kind, user, trigger["field"], first, last))
    count = rows.count()
    pks = rows.order_by("-pk").values_list("pk", flat=True)[:SHOWN]
    notes = [_("Dates that were moved since count as they are now.")]
    if rule:
        notes.append(_("The rule was asked of the records as they are now, not as they were then."))
    return DryRun(count, count, shown(kind, user, [(pk, None) for pk in pks]), notes)


def by_schedule(kind: Kind, user: User, trigger: Mapping[str, Any], rule: Any) -> DryRun:
    rows = matching_rows(kind, user, rule)
    count = rows.count()
    pks = rows.order_by("-pk").values_list("pk", flat=True)[:SHOWN]
    notes = [
        _(
            "These match today: it would run on them the first time. Which matched on earlier days is not kept."
        )
    ]
    if not trigger.get("again"):
        notes.append(_("After that it runs only on those that begin to match."))
    return DryRun(count, count, shown(kind, user, [(pk, None) for pk in pks]), notes, is_first=True)


def shown(kind: Kind, user: User, found: Sequence[tuple[int, datetime | None]]) -> list[Shown]:
    title = kind.field(kind.title).orm
    rows: Any = kind.model._default_manager.filter(pk__in={pk for pk, _at in found})
    names = dict(rows.visible_to(user).values_list("pk", title))
    alive = set(kind.visible(user).filter(pk__in=names).values_list("pk", flat=True))
    return [
        Shown(pk, str(names[pk]), kind.url(pk) if pk in alive else "", at) for pk, at in found if pk in names
    ]
