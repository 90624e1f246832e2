"""What automations do: declared by the apps in settings.AUTOMATION_ACTIONS, each a class with this shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from django import forms
from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.automation.choices import StepState
from crm.automation.models import Automation, AutomationRun
from crm.records.kinds import Kind
from crm.staff.models import User

Params = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What an action came to for one run."""

    text: str
    state: StepState = StepState.DONE


@dataclass(frozen=True)
class Batch:
    """The runs an action is to work for, and their records by key: locked, and allowed for `verb` to the owner."""

    automation: Automation
    kind: Kind
    position: int
    runs: Sequence[AutomationRun]
    records: Mapping[int, models.Model] = field(default_factory=dict)

    @property
    def actor(self) -> User:
        return self.automation.owner

    def rows(self) -> list[Any]:
        """The records, each once."""
        return [self.records[pk] for pk in sorted(self.records)]

    def per_record(self, done: Mapping[int, Outcome]) -> dict[int, Outcome]:
        """Outcomes by record as outcomes by run; the first run of a record is the one that did it."""
        found: dict[int, Outcome] = {}
        told: set[int] = set()
        for run in self.runs:
            if run.object_id in done and run.object_id not in told:
                found[run.pk] = done[run.object_id]
                told.add(run.object_id)
        return found


class AutomationAction(Protocol):
    """One thing to do. `apply` runs in the caller's transaction over up to a thousand runs.

    `verb` is the action of the kind's access object that each record must allow to the owner. `problem` says why the
    action cannot be done any more as it was saved, empty if it can: then the automation is stopped. `apply` returns
    outcomes by run; a run it leaves out had nothing to do. `initial` turns saved params into the initial of the form.
    """

    key: str
    label: str | Promise
    icon: str
    verb: str

    def fits(self, user: User, kind: Kind) -> bool: ...

    def form(
        self, user: User, kind: Kind, data: Any = None, prefix: str = "", initial: Params | None = None
    ) -> forms.Form: ...

    def params(self, form: forms.Form) -> dict[str, Any]: ...

    def words(self, user: User, kind: Kind, params: Params) -> str: ...

    def problem(self, user: User, kind: Kind, params: Params) -> str: ...

    def apply(self, batch: Batch, params: Params) -> dict[int, Outcome]: ...


@cache
def automation_actions() -> dict[str, AutomationAction]:
    found: list[AutomationAction] = [import_string(path)() for path in settings.AUTOMATION_ACTIONS]
    return {action.key: action for action in found}


def offered_actions(user: User, kind: Kind) -> list[AutomationAction]:
    return [action for action in automation_actions().values() if action.fits(user, kind)]
