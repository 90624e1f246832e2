"""The list of orders, by declaration."""

from typing import Any

from contacts.choices import RfmGroup
from contacts.permissions import NEEDS_VALUE
from crm.lists.declaration import RecordList, Sort
from sales.choices import OrderStatus
from sales.filters import OrderFilter
from sales.models import Order

GROUP_LABELS = dict(RfmGroup.choices)
STATUS_LABELS = dict(OrderStatus.choices)


def order_row(row: dict[str, Any]) -> dict[str, Any]:
    row["status_label"] = str(STATUS_LABELS[row["status"]])
    row["rfm_group_label"] = str(GROUP_LABELS.get(row["rfm_group"], ""))
    return row


ORDERS = RecordList(
    model=Order,
    values={
        "number": "external_id",
        "customer_id": "customer_id",
        "customer_name": "customer__name",
        "payer_id": "payer_id",
        "placed_on": "placed_on",
        "status": "status",
        "amount": "amount",
        "currency": "currency",
        "source": "source",
        "owner_name": "owner__name",
        "rfm_group": "payer__value__rfm_group",
        "churn_risk": "payer__value__churn_risk",
    },
    sorts={
        "placed_at": Sort("placed_at"),
        "amount": Sort("base_amount"),
        "number": Sort("external_id"),
    },
    default_sort="-placed_at",
    filter_class=OrderFilter,
    finish=order_row,
    needs=NEEDS_VALUE,
)
