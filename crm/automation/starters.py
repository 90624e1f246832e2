"""Ready-made automations to begin with. Each needs what it speaks of: what is not there is not offered.

They are written down as the builder keeps them; nothing runs before somebody looked at one and switched it on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.automation.actions import automation_actions
from crm.automation.errors import AutomationFault
from crm.automation.matching import matching_rows
from crm.automation.triggers import check_trigger
from crm.records.kinds import kinds
from crm.staff.models import User


@dataclass(frozen=True)
class Starter:
    """`actions` are (key of the action, initial of its form); what is not said there is chosen in the builder."""

    key: str
    name: str | Promise
    hint: str | Promise
    kind: str
    cause: str
    icon: str
    trigger: Mapping[str, Any] = field(default_factory=dict)
    rule: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def slug(self) -> str:
        return kinds()[self.kind].slug


def starters(user: User) -> list[Starter]:
    """Those that this person could switch on."""
    found = [item for path in settings.AUTOMATION_STARTERS for item in import_string(path)]
    return [starter for starter in found if fits(user, starter)]


def fits(user: User, starter: Starter) -> bool:
    kind = kinds().get(starter.kind)
    if kind is None:
        return False
    known = automation_actions()
    if not all(key in known and known[key].fits(user, kind) for key, _initial in starter.actions):
        return False
    try:
        check_trigger(kind, user, starter.cause, starter.trigger)
        matching_rows(kind, user, starter.rule)
    except AutomationFault:
        return False
    return True


def starter_at(user: User, key: str) -> Starter | None:
    return next((starter for starter in starters(user) if starter.key == key), None)
