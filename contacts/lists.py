"""The lists of customers and tasks, by declaration."""

from typing import Any

from contacts.choices import LeadStatus, RfmGroup
from contacts.filters import CustomerFilter, TaskFilter
from contacts.models import Customer, Task
from contacts.permissions import NEEDS_VALUE
from crm.company.selectors import company_day
from crm.lists.declaration import RecordList, Sort

GROUP_LABELS = dict(RfmGroup.choices)
LEAD_LABELS = dict(LeadStatus.choices)


def customer_row(row: dict[str, Any]) -> dict[str, Any]:
    row["rfm_group_label"] = str(GROUP_LABELS.get(row["rfm_group"], ""))
    row["lead_status_label"] = str(LEAD_LABELS[row["lead_status"]]) if row["lead_status"] else ""
    return row


def task_row(row: dict[str, Any]) -> dict[str, Any]:
    row["is_late"] = bool(row["due_on"] and not row["done_at"] and row["due_on"] < company_day())
    row["rfm_group_label"] = str(GROUP_LABELS.get(row["rfm_group"], ""))
    return row


CUSTOMERS = RecordList(
    model=Customer,
    values={
        "name": "name",
        "kind": "kind",
        "organisation_id": "organisation_id",
        "organisation_name": "organisation__name",
        "city": "city",
        "owner_name": "owner__name",
        "owner_id": "owner_id",
        "lead_status": "lead_status",
        "updated_at": "updated_at",
        "rfm_group": "value__rfm_group",
        "lifetime_value": "value__lifetime_value",
        "churn_risk": "value__churn_risk",
        "horizon_days": "value__horizon_days",
        "last_order_on": "value__last_order_on",
    },
    sorts={
        "updated_at": Sort("updated_at"),
        "name": Sort("sort_name"),
        "lifetime_value": Sort("value__lifetime_value", nullable=True),
        "churn_risk": Sort("value__churn_risk", nullable=True),
        "last_order_on": Sort("value__last_order_on", nullable=True),
    },
    default_sort="-updated_at",
    filter_class=CustomerFilter,
    finish=customer_row,
    alive={"deleted_at": None},
    needs=NEEDS_VALUE,
)

TASKS = RecordList(
    model=Task,
    values={
        "title": "title",
        "due_on": "due_on",
        "done_at": "done_at",
        "version": "version",
        "customer_id": "customer_id",
        "customer_name": "customer__name",
        "owner_name": "owner__name",
        "rfm_group": "customer__value__rfm_group",
        "churn_risk": "customer__value__churn_risk",
    },
    sorts={
        "due_on": Sort("due_on", nullable=True),
        "title": Sort("title"),
        "updated_at": Sort("updated_at"),
    },
    default_sort="due_on",
    filter_class=TaskFilter,
    finish=task_row,
    alive={"deleted_at": None},
    needs=NEEDS_VALUE,
)
