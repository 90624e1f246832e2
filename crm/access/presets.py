"""The seven roles every installation starts with. Data, not code: administrators change their own copies."""

from typing import Any

READ_ALL = {"view": "all"}
WORK = {"view": "all", "create": "all", "edit": "subteams", "delete": "own", "assign": "subteams"}
FULL = dict.fromkeys(("view", "create", "edit", "delete", "export", "bulk", "assign"), "all")
TASKS = {"view": "subteams", "create": "all", "edit": "subteams", "delete": "subteams", "assign": "all"}
VALUE = {"analytics.value": READ_ALL}
ABSENCES = {"view": "all", "create": "all", "edit": "own", "delete": "own"}
ABSENCES_OF_TEAM = ABSENCES | {"edit": "subteams", "delete": "subteams"}
AUTOMATIONS = dict.fromkeys(("view", "create", "edit", "delete"), "all")
PIPELINES = dict.fromkeys(("view", "create", "edit", "delete"), "all")
TEMPLATES = {"create": "all", "edit": "all"}
SEQUENCES = {"view": "all", "create": "all", "edit": "own", "delete": "own"}
SEQUENCES_OF_ALL = dict.fromkeys(("view", "create", "edit", "delete"), "all")
TAGS = dict.fromkeys(("view", "create", "edit", "delete"), "all")
SHARED = {
    "contacts.interaction": {"view": "all", "create": "all", "edit": "own", "delete": "own"},
    "contacts.emailtemplate": {"create": "all"},
    "mail.account": dict.fromkeys(("view", "create", "edit", "delete"), "own"),
    "lists.view": {"create": "all"},
    "calendars.absence": ABSENCES,
    "sales.recommendation": READ_ALL,
    "sales.quota": READ_ALL,
    "sales.pricebook": READ_ALL,
    "sales.discountlimit": READ_ALL,
} | VALUE

PRESETS: dict[str, dict[str, Any]] = {
    "sales-rep": {
        "name": "Sales rep",
        "matrix": SHARED
        | {
            "contacts.customer": WORK,
            "contacts.task": TASKS,
            "sales.deal": WORK,
            "sales.lead": WORK,
            "sales.sequence": SEQUENCES,
            "sales.pipeline": READ_ALL,
            "sales.order": WORK,
            "sales.product": READ_ALL,
        },
        "field_groups": {"finance": "read", "privacy": "read"},
    },
    "sales-manager": {
        "name": "Sales manager",
        "matrix": SHARED
        | {
            "calendars.absence": ABSENCES_OF_TEAM,
            "contacts.customer": FULL,
            "contacts.emailtemplate": TEMPLATES,
            "contacts.tag": TAGS,
            "contacts.task": FULL,
            "sales.deal": FULL,
            "sales.lead": FULL,
            "sales.sequence": SEQUENCES_OF_ALL,
            "sales.pipeline": PIPELINES,
            "sales.quota": {"view": "all", "edit": "all"},
            "sales.order": FULL,
            "sales.product": FULL,
            "sales.pricebook": FULL,
            "sales.discountlimit": FULL,
            "sales.discount": {"view": "subteams", "edit": "subteams"},
            "sales.recommendation": READ_ALL | {"edit": "all", "export": "all"},
            "analytics.model": {"view": "all", "edit": "all"},
            "lists.view": {"create": "all", "edit": "all"},
            "automation.automation": AUTOMATIONS,
        },
        "field_groups": {"finance": "edit", "privacy": "read"},
    },
    "support-agent": {
        "name": "Support agent",
        "matrix": SHARED
        | {
            "contacts.customer": WORK | {"edit": "all"},
            "contacts.task": TASKS,
            "sales.deal": READ_ALL,
            "sales.lead": READ_ALL,
            "sales.sequence": READ_ALL,
            "sales.pipeline": READ_ALL,
            "sales.order": READ_ALL,
            "sales.product": READ_ALL,
        },
        "field_groups": {"finance": "read", "privacy": "read"},
    },
    "support-lead": {
        "name": "Support lead",
        "matrix": SHARED
        | {
            "calendars.absence": ABSENCES_OF_TEAM,
            "contacts.customer": FULL,
            "contacts.emailtemplate": TEMPLATES,
            "contacts.tag": TAGS,
            "contacts.task": FULL,
            "sales.deal": READ_ALL,
            "sales.lead": READ_ALL,
            "sales.sequence": READ_ALL,
            "sales.pipeline": READ_ALL,
            "sales.order": READ_ALL,
            "sales.product": READ_ALL,
        },
        "field_groups": {"finance": "read", "privacy": "edit"},
    },
    "marketer": {
        "name": "Marketer",
        "matrix": SHARED
        | {
            "contacts.customer": WORK | {"edit": "all", "export": "all", "bulk": "all"},
            "contacts.emailtemplate": TEMPLATES,
            "contacts.tag": TAGS,
            "contacts.task": TASKS,
            "sales.deal": READ_ALL,
            "sales.lead": READ_ALL,
            "sales.sequence": READ_ALL,
            "sales.pipeline": READ_ALL,
            "sales.order": READ_ALL,
            "sales.product": READ_ALL,
            "analytics.model": READ_ALL,
        },
        "field_groups": {"finance": "read", "privacy": "edit"},
    },
    "analyst": {
        "name": "Analyst",
        "matrix": SHARED
        | {
            "contacts.customer": {"view": "all", "export": "all"},
            "contacts.task": TASKS,
            "sales.deal": {"view": "all", "export": "all"},
            "sales.lead": {"view": "all", "export": "all"},
            "sales.sequence": READ_ALL,
            "sales.pipeline": READ_ALL,
            "sales.order": {"view": "all", "export": "all"},
            "sales.product": READ_ALL,
            "sales.recommendation": READ_ALL | {"edit": "all", "export": "all"},
            "analytics.model": {"view": "all", "edit": "all"},
        },
        "field_groups": {"finance": "read", "privacy": "read"},
    },
    "administrator": {
        "name": "Administrator",
        "matrix": {
            "contacts.customer": FULL,
            "contacts.emailtemplate": TEMPLATES,
            "contacts.tag": TAGS,
            "contacts.interaction": FULL,
            "contacts.task": FULL,
            "sales.deal": FULL,
            "sales.lead": FULL,
            "sales.sequence": SEQUENCES_OF_ALL,
            "sales.pipeline": PIPELINES,
            "sales.quota": {"view": "all", "edit": "all"},
            "sales.order": FULL,
            "sales.product": FULL,
            "sales.pricebook": FULL,
            "sales.discountlimit": FULL,
            "sales.discount": {"view": "all", "edit": "all"},
            "sales.recommendation": FULL,
            "analytics.value": FULL,
            "analytics.model": FULL,
            "imports.import": FULL,
            "staff.user": FULL,
            "company.company": FULL,
            "lists.view": FULL,
            "mail.outgoing": FULL,
            "mail.account": FULL,
            "calendars.calendar": FULL,
            "assignment.pool": FULL,
            "automation.automation": FULL,
            "calendars.absence": FULL,
        },
        "field_groups": {"finance": "edit", "privacy": "edit"},
    },
}
