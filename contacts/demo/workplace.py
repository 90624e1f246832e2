"""How the fictional company set up its program: fields of its own, views for everybody, an automation that is on."""

from datetime import timedelta
from random import Random
from typing import Any

from contacts.models import Customer
from contacts.starters import STARTERS
from crm.automation.services.saving import automation_create, automation_switch
from crm.company.selectors import company_day
from crm.fields.services import custom_field_create
from crm.lists.models import View
from crm.lists.services import view_create, view_pin
from crm.records.kinds import kinds
from crm.staff.models import User

CUSTOMER = "contacts.customer"
MACHINES = (("portafilter", "Portafilter"), ("automatic", "Fully automatic"), ("filter", "Filter brewer"))
# (name, who pins it, parameters of the list, rule, columns)
VIEWS: tuple[tuple[str, tuple[str, ...], dict[str, str], dict[str, Any], tuple[str, ...]], ...] = (
    (
        "Worth a call",
        ("rep", "manager"),
        {"sort": "-lifetime_value"},
        {
            "all": [
                {"field": "churn_risk", "op": "gte", "value": 0.5},
                {"field": "lifetime_value", "op": "gte", "value": 300},
                {"related": "orders", "op": "count_at_least", "value": 3},
            ]
        },
        ("name", "city", "lifetime_value", "churn_risk", "last_order_on", "owner"),
    ),
    (
        "Contract ends soon",
        ("rep",),
        {},
        {"field": "custom.contract_until", "op": "in_next", "value": {"count": 90, "unit": "day"}},
        ("name", "custom.machine", "custom.contract_until", "expected_value", "owner"),
    ),
    (
        "Cafés by city",
        ("marketer",),
        {"sort": "name"},
        {
            "all": [
                {"field": "kind", "op": "any_of", "value": ["organisation"]},
                {"not": {"field": "rfm_group", "op": "any_of", "value": ["lost", "hibernating"]}},
            ]
        },
        ("name", "city", "rfm_group", "lifetime_value", "custom.machine"),
    ),
)


def load() -> None:
    people = {user.email.partition("@")[0]: user for user in User.objects.filter(is_active=True)}
    fields(people["admin"])
    views(people)
    automation(people["admin"])


def fields(admin: User) -> None:
    machines = [list(choice) for choice in MACHINES]
    for values in (
        {"label": "Machine", "type": "choice", "choices": machines},
        {"label": "Contract until", "type": "date"},
    ):
        custom_field_create(actor=admin, kind=CUSTOMER, values=values)
    random, day = Random(11), company_day()  # noqa: S311 - the same company every time, nothing secret
    leased = list(Customer.objects.alive().filter(tags__name="machine lease"))
    for customer in leased:
        customer.custom = {
            "machine": random.choice(MACHINES)[0],
            "contract_until": (day + timedelta(days=random.randrange(10, 900))).isoformat(),
        }
    Customer.objects.bulk_update(leased, ["custom"])


def views(people: dict[str, User]) -> None:
    for name, pinned_by, params, rule, columns in VIEWS:
        values = {"name": name, "share": View.Share.EVERYONE, "params": params, "rule": rule,
                  "columns": [[key, 0] for key in columns]}  # fmt: skip
        view = view_create(actor=people["manager"], kind=kinds()[CUSTOMER], values=values)
        for name_of in pinned_by:
            view_pin(actor=people[name_of], view=view)


def automation(admin: User) -> None:
    """The ready-made one that gives the owner a task when somebody becomes likely to leave."""
    starter = next(starter for starter in STARTERS if starter.key == "churn-risk")
    actions = [
        {"action": key, "params": {"notes": "", "person": None, **initial}}
        for key, initial in starter.actions
    ]
    values = {"name": str(starter.name), "kind": starter.kind, "cause": starter.cause,
              "trigger": dict(starter.trigger), "rule": dict(starter.rule), "actions": actions}  # fmt: skip
    made = automation_create(actor=admin, values=values)
    automation_switch(actor=admin, automation=made, on=True)
