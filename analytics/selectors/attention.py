"""Who is worth a call today."""

from django.db.models import F

from contacts.models import CustomerValue
from crm.staff.models import User

#: From this risk on a customer is about to leave.
HIGH_RISK = 0.5


def customers_that_need_me(user: User, limit: int) -> list[CustomerValue]:
    """The person's own customers at high risk, the greatest value at risk first."""
    rows = CustomerValue.objects.visible_to(user).filter(
        customer__deleted_at=None, churn_risk__gte=HIGH_RISK, lifetime_value__gt=0, lifecycle="customer"
    )
    ordered = rows.annotate(at_risk=F("lifetime_value") * F("churn_risk")).order_by("-at_risk", "customer_id")
    return list(ordered.filter(customer__owner=user).select_related("customer")[:limit])
