"""An automation in plain words, for one reader."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.automation.actions import automation_actions
from crm.automation.choices import Cause
from crm.automation.models import Automation, AutomationVersion
from crm.automation.triggers import dated_fields, event_choices, watched_fields
from crm.records.kinds import Kind
from crm.rules.compile import Reading
from crm.rules.errors import RuleError
from crm.rules.tree import is_empty, read_tree
from crm.rules.words import in_words
from crm.staff.models import User


def weekdays() -> list[tuple[int, str]]:
    return [
        (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
        (5, _("Saturday")), (6, _("Sunday")),
    ]  # fmt: skip


def trigger_words(kind: Kind, user: User, cause: str, trigger: Mapping[str, Any]) -> str:
    noun = str(kind.label).lower()
    if cause == Cause.CREATED:
        return _("A %s is created") % noun
    if cause == Cause.DELETED:
        return _("A %s is deleted") % noun
    if cause == Cause.EVENT:
        happens = dict(event_choices(kind)).get(trigger.get("action", ""), trigger.get("action", ""))
        return _("This happens to a %(noun)s: %(event)s") % {"noun": noun, "event": happens}
    if cause == Cause.CHANGED:
        return changed_words(kind, user, noun, trigger)
    return date_words(kind, user, trigger) if cause == Cause.DATE else schedule_words(kind, trigger)


def changed_words(kind: Kind, user: User, noun: str, trigger: Mapping[str, Any]) -> str:
    if not trigger.get("fields"):
        return _("A %s changes") % noun
    known = {field.key: field.title for field in watched_fields(kind, user)}
    names = ", ".join(known.get(key, key) for key in trigger["fields"])
    return _("One of these changes on a %(noun)s: %(fields)s") % {"noun": noun, "fields": names}


def date_words(kind: Kind, user: User, trigger: Mapping[str, Any]) -> str:
    known = {field.key: field.title for field in dated_fields(kind, user)}
    days = int(trigger.get("days", 0))
    values = {
        "days": ngettext("%d day", "%d days", abs(days)) % abs(days),
        "field": known.get(trigger.get("field", ""), trigger.get("field", "")),
        "hour": hour_words(trigger),
    }
    if not days:
        return _("On the day of “%(field)s”, at %(hour)s") % values
    text = (
        _("%(days)s after “%(field)s”, at %(hour)s")
        if days > 0
        else _("%(days)s before “%(field)s”, at %(hour)s")
    )
    return text % values


def schedule_words(kind: Kind, trigger: Mapping[str, Any]) -> str:
    every = trigger.get("every", "day")
    if every == "week":
        when = _("Every %s") % dict(weekdays())[int(trigger.get("weekday", 0))]
    elif every == "month":
        when = _("On day %d of every month") % int(trigger.get("day", 1))
    else:
        when = _("Every day")
    whole = _("%(when)s at %(hour)s, for all %(kinds)s that match")
    anew = _("%(when)s at %(hour)s, for %(kinds)s that match and did not the last time")
    values = {"when": when, "hour": hour_words(trigger), "kinds": str(kind.plural).lower()}
    return (whole if trigger.get("again") else anew) % values


def hour_words(trigger: Mapping[str, Any]) -> str:
    return f"{int(trigger.get('hour', 7)):02}:00"


def rule_words(kind: Kind, user: User, rule: Any) -> str:
    """Empty for the rule that every record matches."""
    try:
        node = read_tree(rule)
    except RuleError as fault:
        return fault.text
    return "" if is_empty(node) else in_words(Reading.of(kind, user), node)


def action_words(kind: Kind, user: User, steps: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Icon and words of each action."""
    found = []
    for step in steps:
        action = automation_actions().get(step["action"])
        if action is None:
            found.append({"icon": "circle-alert", "text": str(step["action"])})
        else:
            found.append({"icon": action.icon, "text": action.words(user, kind, step["params"])})
    return found


def reading(kind: Kind, user: User, what: Automation | AutomationVersion) -> dict[str, Any]:
    """When, if and then."""
    trigger = dict(what.trigger)
    cause = trigger.pop("cause", None) or getattr(what, "cause", "")
    return {
        "when": trigger_words(kind, user, cause, trigger),
        "rule": rule_words(kind, user, what.rule),
        "steps": action_words(kind, user, what.actions),
    }


def compared(
    kind: Kind, user: User, old: AutomationVersion | None, new: AutomationVersion
) -> list[dict[str, str]]:
    """What differs between two versions, in words."""
    after = flat(kind, user, new)
    before = flat(kind, user, old) if old else {}
    return [
        {"label": label, "before": before.get(label, ""), "after": after.get(label, "")}
        for label in {**after, **before}
        if before.get(label, "") != after.get(label, "")
    ]


def flat(kind: Kind, user: User, version: AutomationVersion) -> dict[str, str]:
    told = reading(kind, user, version)
    found = {_("Name"): version.name, _("When"): told["when"], _("If"): told["rule"] or _("Every one")}
    for number, step in enumerate(told["steps"], start=1):
        found[_("Action %d") % number] = step["text"]
    return found
