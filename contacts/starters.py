"""Automations to begin with, about customers and tasks."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.automation.choices import Cause
from crm.automation.starters import Starter

CUSTOMER, TASK = "contacts.customer", "contacts.task"
DAILY = {"every": "day", "hour": 7, "again": False}


def all_of(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(parts)}


def asks(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op, **({} if value is None else {"value": value})}


STARTERS = (
    Starter(
        "churn-risk",
        _("Churn risk passed 70%: call them"),
        _("The day a customer becomes likely to leave, their owner gets a task."),
        CUSTOMER,
        Cause.SCHEDULE,
        icon="trending-down",
        trigger=DAILY,
        rule=all_of(asks("churn_risk", "gte", 0.7), asks("owner", "not_empty")),
        actions=(
            (
                "task",
                {
                    "title": "Call {{ record.name }}: churn risk {{ record.churn_risk }}",
                    "due_in": 2,
                    "to": "owner",
                },
            ),
        ),
    ),
    Starter(
        "without-owner",
        _("New customer without an owner: give them to somebody"),
        _("Whoever's turn it is in a pool takes the next one."),
        CUSTOMER,
        Cause.CREATED,
        icon="user-check",
        trigger={},
        rule=all_of(asks("owner", "empty")),
        actions=(("assign", {"only_without": True}),),
    ),
    Starter(
        "at-risk-champion",
        _("A good customer drifts away: tell the manager"),
        _("When somebody of high lifetime value becomes at risk, one person hears of it."),
        CUSTOMER,
        Cause.SCHEDULE,
        icon="siren",
        trigger=DAILY,
        rule=all_of(
            asks("rfm_group", "any_of", ["at_risk", "cant_lose"]), asks("value_category", "any_of", ["A"])
        ),
        actions=(
            (
                "notify",
                {
                    "to": "person",
                    "text": "{{ record.name }} is {{ record.rfm_group }}, worth {{ record.lifetime_value }}",
                },
            ),
        ),
    ),
    Starter(
        "no-contact",
        _("No contact in 90 days: plan one"),
        _("Customers with an owner whom nobody called, met or wrote to get a task."),
        CUSTOMER,
        Cause.SCHEDULE,
        icon="phone-off",
        trigger=DAILY,
        rule=all_of(
            asks("owner", "not_empty"),
            {
                "related": "interactions",
                "op": "none",
                "where": all_of(asks("happened_at", "in_last", {"count": 90, "unit": "day"})),
            },
        ),
        actions=(("task", {"title": "Get in touch with {{ record.name }}", "due_in": 7, "to": "owner"}),),
    ),
    Starter(
        "next-order-missed",
        _("The expected order did not come: ask why"),
        _("A week after the day on which the next order was expected."),
        CUSTOMER,
        Cause.DATE,
        icon="calendar-x",
        trigger={"field": "next_order_on", "days": 7, "hour": 8},
        rule=all_of(asks("owner", "not_empty")),
        actions=(
            (
                "task",
                {
                    "title": "{{ record.name }} has not ordered since {{ record.last_order_on }}",
                    "due_in": 1,
                    "to": "owner",
                },
            ),
        ),
    ),
    Starter(
        "first-order-anniversary",
        _("First order 30 days ago: ask how it went"),
        _("A call a month after the first order wins the second."),
        CUSTOMER,
        Cause.DATE,
        icon="sparkles",
        trigger={"field": "first_order_on", "days": 30, "hour": 8},
        rule={},
        actions=(
            ("task", {"title": "Ask {{ record.name }} how the first order went", "due_in": 3, "to": "owner"}),
        ),
    ),
    Starter(
        "owner-changed",
        _("The owner changed: greet the customer"),
        _("Whoever takes a customer over has a task to introduce themselves."),
        CUSTOMER,
        Cause.CHANGED,
        icon="handshake",
        trigger={"fields": ["owner"]},
        rule=all_of(asks("owner", "not_empty")),
        actions=(
            (
                "task",
                {"title": "Introduce yourself to {{ record.name }}", "due_in": 3, "to": "owner"},
            ),
        ),
    ),
    Starter(
        "task-overdue",
        _("A task is three days late: tell its owner"),
        _("Open tasks only; it is told once."),
        TASK,
        Cause.DATE,
        icon="alarm-clock",
        trigger={"field": "due_on", "days": 3, "hour": 8},
        rule=all_of(asks("done_at", "empty")),
        actions=(
            (
                "notify",
                {"to": "owner", "text": "Three days late: {{ record.title }} ({{ record.customer }})"},
            ),
        ),
    ),
    Starter(
        "lead-qualified",
        _("A lead is qualified: mark it and tell the owner"),
        _("Adds a tag that marketing can build a segment on."),
        CUSTOMER,
        Cause.CHANGED,
        icon="badge-check",
        trigger={"fields": ["lead_status"]},
        rule=all_of(asks("lead_status", "any_of", ["qualified"])),
        actions=(
            ("tag", {"tag": "Qualified"}),
            ("notify", {"to": "owner", "text": "{{ record.name }} is qualified: make them an offer"}),
        ),
    ),
)
