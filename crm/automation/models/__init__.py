from crm.automation.models.automation import Automation, AutomationVersion
from crm.automation.models.event import Event, Match
from crm.automation.models.run import ActionRun, AutomationRun
from crm.automation.models.webhook import WebhookDelivery

__all__ = [
    "ActionRun",
    "Automation",
    "AutomationRun",
    "AutomationVersion",
    "Event",
    "Match",
    "WebhookDelivery",
]
