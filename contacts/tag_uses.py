"""Where a tag is used: in views and automations, by its key in rules, by its name in filters and actions."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count

from contacts.models import Customer, Tag
from contacts.selectors import customers
from crm.access.services import allowed
from crm.automation.models import Automation
from crm.lists.models import View
from crm.lists.selectors import views
from crm.rules.errors import RuleError
from crm.rules.rewriting import conditions, rewritten
from crm.rules.tree import Condition, read_tree, write_tree
from crm.staff.models import User

CUSTOMER = "contacts.customer"
FIELD = "tags"
#: the quick filter of the list, and the parameter of actions
NAMED = "tag"
ACTIONS = ("tag", "untag")


@dataclass(frozen=True)
class Uses:
    """What the reader may know by name; of the rest only that it is there."""

    customers: int
    views: list[str]
    automations: list[Automation]
    hidden: int

    @property
    def is_used(self) -> bool:
        return bool(self.views or self.automations or self.hidden)


def uses(user: User, tag: Tag) -> Uses:
    in_views = [view for view in View.objects.filter(deleted_at=None) if view_names(view, tag)]
    open_to = set(views(user, CUSTOMER).values_list("pk", flat=True))
    named = [view for view in in_views if view.pk in open_to]
    in_automations = [
        item for item in Automation.objects.filter(deleted_at=None) if automation_names(item, tag)
    ]
    seen = in_automations if allowed(user, "automation.view_automation") else []
    hidden = len(in_views) - len(named) + len(in_automations) - len(seen)
    return Uses(counts(user, [tag]).get(tag.pk, 0), sorted(view.name for view in named), seen, hidden)


def counts(user: User, tags: Iterable[Tag]) -> dict[int, int]:
    """How many customers that the reader may see carry each."""
    held = Customer.tags.through.objects.filter(tag__in=list(tags), customer__in=customers(user))
    return dict(held.order_by().values_list("tag_id").annotate(Count("pk")))


def view_names(view: View, tag: Tag) -> bool:
    is_filter = view.kind == CUSTOMER and view.params.get(NAMED) == tag.name
    return is_filter or rule_names(view.kind, view.rule, tag)


def automation_names(automation: Automation, tag: Tag) -> bool:
    is_done = any(is_step_of(step, tag.name) for step in automation.actions)
    return is_done or rule_names(automation.kind, automation.rule, tag)


def is_step_of(step: dict[str, Any], name: str) -> bool:
    return step.get("action") in ACTIONS and step.get("params", {}).get("tag") == name


def rule_names(kind: str, rule: Any, tag: Tag) -> bool:
    try:
        return any(is_about(*found, tag) for found in conditions(read_tree(rule), kind))
    except RuleError:
        return False


def is_about(kind: str, condition: Condition, tag: Tag) -> bool:
    return (kind, condition.field) == (CUSTOMER, FIELD) and str(tag.pk) in keys(condition)


def keys(condition: Condition) -> list[str]:
    return [str(item) for item in condition.value] if isinstance(condition.value, list) else []


def rule_into(kind: str, rule: Any, tag: Tag, into: Tag) -> Any:
    """The rule asking for another tag instead; a rule that cannot be read stays as it is."""

    def change(kind: str, condition: Condition) -> Condition:
        if not is_about(kind, condition, tag):
            return condition
        kept = [item for item in condition.value if str(item) not in (str(tag.pk), str(into.pk))]
        return replace(condition, value=[*kept, into.pk])

    try:
        return write_tree(rewritten(read_tree(rule), kind, change)) if rule_names(kind, rule, tag) else rule
    except RuleError:
        return rule


def steps_into(steps: list[dict[str, Any]], old: str, new: str) -> list[dict[str, Any]]:
    """The actions with the new name where they name the old one."""
    return [
        {**step, "params": {**step["params"], "tag": new}} if is_step_of(step, old) else step
        for step in steps
    ]
