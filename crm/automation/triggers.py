"""What wakes an automation, read strictly from its JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm.automation.choices import Cause
from crm.automation.clockwork import FARTHEST_DAYS
from crm.automation.errors import AutomationFault
from crm.automation.models import Event
from crm.fields.catalogue import fields_for
from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.records.history import declared
from crm.records.kinds import Kind
from crm.staff.models import User

Trigger = Mapping[str, Any]
EVERY = ("day", "week", "month")
DAYS = (FieldType.DATE, FieldType.MOMENT)
PLAIN_VERBS = ("create", "edit", "delete")


def watched_fields(kind: Kind, user: User) -> list[Field]:
    """The fields whose changes the history of a record tells."""
    return [field for field in fields_for(kind.key, user).values() if field.edit or field.key == "tags"]


def dated_fields(kind: Kind, user: User) -> list[Field]:
    """The fields that hold a day, one for each record."""
    return [
        field
        for field in fields_for(kind.key, user).values()
        if field.type in DAYS and not field.many and field.is_rule
    ]


def event_choices(kind: Kind) -> list[tuple[str, str]]:
    """What can happen to a record beside being created, edited and deleted."""
    found = [
        (action, str(label))
        for action, label in declared("HISTORY_LABELS").items()
        if action.startswith(f"{kind.key}.") and action.rpartition(".")[2] not in PLAIN_VERBS
    ]
    return sorted(found, key=lambda item: item[1])


def check_trigger(kind: Kind, user: User, cause: str, trigger: Trigger) -> None:
    """Raises AutomationFault where the trigger cannot be waited for (any more)."""
    if cause not in Cause.values:
        raise AutomationFault(_("Choose what wakes the automation."))
    if cause == Cause.CHANGED:
        require_fields(trigger.get("fields", []), watched_fields(kind, user))
    elif cause == Cause.EVENT and trigger.get("action") not in dict(event_choices(kind)):
        raise AutomationFault(_("Choose what has to happen."))
    elif cause == Cause.DATE:
        require_fields([trigger.get("field")], dated_fields(kind, user))
        require_whole(trigger.get("days", 0), -FARTHEST_DAYS, FARTHEST_DAYS)
    if cause in (Cause.DATE, Cause.SCHEDULE):
        require_whole(trigger.get("hour", 7), 0, 23)
    if cause == Cause.SCHEDULE:
        if trigger.get("every", "day") not in EVERY:
            raise AutomationFault(_("Choose how often."))
        require_whole(trigger.get("weekday", 0), 0, 6)
        require_whole(trigger.get("day", 1), 1, 31)


def require_fields(keys: Iterable[Any], fields: Iterable[Field]) -> None:
    gone = sorted(str(key) for key in set(keys) - {field.key for field in fields})
    if gone:
        raise AutomationFault(
            _('There is no field "%s" any more to wait for, or you may not see it.') % gone[0]
        )


def require_whole(value: Any, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise AutomationFault(_("The time of the trigger cannot be read."))


def is_waited_for(kind: Kind, user: User, cause: str, trigger: Trigger, event: Event) -> bool:
    """Whether an event of the kind is one that the trigger speaks of."""
    return concerns(kind, user, cause, trigger, event.cause, event.action, event.fields)


def concerns(
    kind: Kind, user: User, cause: str, trigger: Trigger, happened: str, action: str, names: Iterable[str]
) -> bool:
    if cause == Cause.EVENT:
        return action == trigger.get("action")
    if cause != happened:
        return False
    wanted = trigger.get("fields") or []
    if cause != Cause.CHANGED or not wanted:
        return True
    known = {field.key: field.edit or field.key for field in watched_fields(kind, user)}
    return bool({known.get(key, key) for key in wanted} & set(names))
