"""What the pages of automations share."""

from collections.abc import Sequence
from typing import Any

from crm.access.services import allowed
from crm.automation.actions import automation_actions
from crm.automation.models import Automation, AutomationRun
from crm.automation.selectors import record_names
from crm.records.kinds import Kind, kinds
from crm.staff.models import User


def rights(user: User) -> dict[str, bool]:
    return {
        "can_create": allowed(user, "automation.create_automation"),
        "can_edit": allowed(user, "automation.edit_automation"),
        "can_delete": allowed(user, "automation.delete_automation"),
    }


def kind_of(automation: Automation) -> Kind:
    return kinds()[automation.kind]


def named_runs(user: User, runs: Sequence[AutomationRun]) -> list[AutomationRun]:
    """The runs, each with its record by name (`record`, None for one that the reader may not see)."""
    names = record_names(user, runs)
    known: dict[str, Any] = automation_actions()
    for run in runs:
        run.record = names.get((run.kind, run.object_id))  # type: ignore[attr-defined]
        run.kind_label = kinds()[run.kind].label if run.kind in kinds() else run.kind  # type: ignore[attr-defined]
        for step in run.steps.all():
            shown: Any = step
            shown.label = known[step.action].label if step.action in known else step.action
            if run.record is None:  # type: ignore[attr-defined]
                shown.text = ""  # what was done tells what the record holds
    return list(runs)
