"""Laying down who gets which leads, and how soon they are to be touched."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from crm.access.services import require
from crm.audit.services import record
from crm.staff.models import User
from sales.models import LeadPolicy, LeadRule

EDIT = "sales.edit_pipeline"


@transaction.atomic
def lead_rule_save(*, actor: User, values: Mapping[str, Any], rule: LeadRule | None = None) -> LeadRule:
    """Add a rule at the end, or change one; it is asked with the rights of whoever saves it."""
    require(actor, EDIT)
    found = rule or LeadRule(position=LeadRule.objects.count())
    for name, value in values.items():
        setattr(found, name, value)
    found.saved_by = actor
    found.version += 0 if rule is None else 1
    found.save()
    verb = "create" if rule is None else "edit"
    record(
        actor=actor, action=f"sales.leadrule.{verb}", obj=found, after={"name": found.name, "to": found.taker}
    )
    return found


@transaction.atomic
def lead_rule_move(*, actor: User, rule: LeadRule, by: int) -> None:
    """Up (-1) or down (1) in the order in which rules are asked."""
    require(actor, EDIT)
    rows = list(LeadRule.objects.select_for_update())
    at = rows.index(rule)
    rows.insert(max(0, at + by), rows.pop(at))
    for position, row in enumerate(rows):
        LeadRule.objects.filter(pk=row.pk).update(position=position)


@transaction.atomic
def lead_rule_delete(*, actor: User, rule: LeadRule) -> None:
    require(actor, EDIT)
    record(actor=actor, action="sales.leadrule.delete", obj=rule, before={"name": rule.name})
    rule.delete()


@transaction.atomic
def lead_policy_edit(*, actor: User, first_touch_minutes: int) -> LeadPolicy:
    """How soon; leads that came before keep the time they were given."""
    require(actor, EDIT)
    policy, _new = LeadPolicy.objects.get_or_create(pk=1)
    before = {"first_touch_minutes": policy.first_touch_minutes}
    policy.first_touch_minutes = first_touch_minutes
    policy.version += 1
    policy.save()
    after = {"first_touch_minutes": first_touch_minutes}
    record(actor=actor, action="sales.leadpolicy.edit", obj=policy, before=before, after=after)
    return policy
