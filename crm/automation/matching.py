"""Which records an automation is for: what its owner may see, as its rule says now."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.automation.actions import automation_actions
from crm.automation.choices import Cause
from crm.automation.errors import AutomationFault
from crm.automation.models import Automation
from crm.automation.triggers import check_trigger, dated_fields
from crm.records.kinds import Kind, kinds
from crm.rules.compile import Reading, compiled, presence, span_condition
from crm.rules.days import Span
from crm.rules.errors import RuleError
from crm.rules.tree import read_tree
from crm.staff.models import User


def kind_of(automation: Automation) -> Kind:
    """Raises AutomationFault for a kind of record that is not there any more."""
    found = kinds().get(automation.kind)
    if found is None:
        raise AutomationFault(_("This kind of record does not exist any more."))
    return found


def check_automation(automation: Automation) -> None:
    """Raises AutomationFault when it cannot be done any more as it was saved. `owner` is read afresh by the caller."""
    owner, kind = automation.owner, kind_of(automation)
    check_owner(owner, kind)
    check_trigger(kind, owner, automation.cause, automation.trigger)
    for step in automation.actions:
        check_action(owner, kind, step)


def check_owner(owner: User, kind: Kind) -> None:
    if not owner.is_active:
        raise AutomationFault(
            _("It acted for %s, who does not work here any more. Save it to act for you.") % owner
        )
    if not allowed(owner, "automation.edit_automation"):
        raise AutomationFault(_("It acts for %s, who may not have automations any more.") % owner)
    if not allowed(owner, kind.permission("view")):
        raise AutomationFault(
            _("It acts for %(who)s, who may not see %(kind)s any more.")
            % {"who": owner, "kind": str(kind.plural).lower()}
        )


def check_action(owner: User, kind: Kind, step: dict[str, Any]) -> None:
    action = automation_actions().get(step["action"])
    if action is None:
        raise AutomationFault(_('There is no action "%s" any more.') % step["action"])
    if not action.fits(owner, kind):
        raise AutomationFault(
            _("%(action)s: %(who)s may not do that any more.") % {"action": action.label, "who": owner}
        )
    problem = action.problem(owner, kind, step["params"])
    if problem:
        raise AutomationFault(f"{action.label}: {problem}")


def matching(automation: Automation) -> QuerySet[Any]:
    """The records for which the rule holds, among those its owner may see. Raises AutomationFault."""
    return matching_rows(
        kind_of(automation), automation.owner, automation.rule, deleted=automation.cause == Cause.DELETED
    )


def matching_rows(kind: Kind, owner: User, rule: Any, *, deleted: bool = False) -> QuerySet[Any]:
    rows: Any = kind.model._default_manager.all() if deleted else kind.rows()
    try:
        return rows.visible_to(owner).filter(compiled(Reading.of(kind, owner), read_tree(rule)))  # type: ignore[no-any-return]
    except RuleError as fault:
        raise AutomationFault(_("Its rule cannot be asked: %s") % fault.text) from fault


def matching_ids(automation: Automation, ids: Iterable[int]) -> set[int]:
    """Of these records; one query."""
    return set(matching(automation).filter(pk__in=set(ids)).values_list("pk", flat=True))


def dated(kind: Kind, owner: User, key: str, first: date, last: date) -> Q:
    """The condition that a field holds one of these days (both included)."""
    field = next((item for item in dated_fields(kind, owner) if item.key == key), None)
    if field is None:
        raise AutomationFault(_('There is no field "%s" any more to wait for, or you may not see it.') % key)
    reading = Reading.of(kind, owner)
    return presence(reading, field, field.orm) & span_condition(field, field.orm, Span.between(first, last))
