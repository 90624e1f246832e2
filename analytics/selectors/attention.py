"""Who is worth a call today."""

from contacts.choices import LIKELY_RISK, Lifecycle
from contacts.models import CustomerValue
from contacts.selectors import customers
from crm.staff.models import User


def customers_that_need_me(user: User, limit: int) -> tuple[list[CustomerValue], bool]:
    """(customers who more likely leave than stay, the most valuable first; whether they are the person's own).

    Who owns no customers (a manager, an agent) is shown all they may see.
    """
    own = customers(user).filter(owner=user).exists()
    rows = CustomerValue.objects.visible_to(user).filter(
        customer__deleted_at=None,
        churn_risk__gte=LIKELY_RISK,
        lifetime_value__gt=0,
        lifecycle=Lifecycle.CUSTOMER,
    )
    if own:
        rows = rows.filter(customer__owner=user)
    ordered = rows.select_related("customer").order_by("-lifetime_value", "customer_id")
    return list(ordered[:limit]), own
