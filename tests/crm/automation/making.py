"""Making automations and letting them work, as the clock and the worker do."""

from typing import Any

from crm.automation.models import Automation, AutomationRun
from crm.automation.services.expanding import events_expand
from crm.automation.services.running import runs_execute
from crm.automation.services.saving import automation_create, automation_switch
from crm.staff.models import User

CUSTOMER = "contacts.customer"
TASK = {
    "action": "task",
    "params": {"title": "Call", "notes": "", "due_in": 3, "to": "owner", "person": None},
}


def tag(name: str) -> dict[str, Any]:
    return {"action": "tag", "params": {"tag": name}}


def set_field(field: str, value: Any) -> dict[str, Any]:
    return {"action": "set_field", "params": {"field": field, "value": value}}


def automation(actor: User, cause: str = "changed", *actions: dict[str, Any], **more: Any) -> Automation:
    """Switched on."""
    values = {"name": "Test", "kind": CUSTOMER, "cause": cause, "trigger": {}, "rule": {}}
    made = automation_create(actor=actor, values={**values, "actions": list(actions) or [TASK], **more})
    return automation_switch(actor=actor, automation=made, on=True)


def work() -> None:
    """Everything that waits, to its end."""
    while runs_execute() or events_expand():
        pass


def states(made: Automation) -> list[str]:
    return list(AutomationRun.objects.filter(automation=made).order_by("pk").values_list("state", flat=True))


def rule(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"all": [{"field": field, "op": op, **({} if value is None else {"value": value})}]}
