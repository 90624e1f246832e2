from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.employers import has_hidden_employer
from contacts.models import Customer
from crm.access.services import allowed
from crm.lists.reading import read
from crm.staff.models import User
from sales.choices import OrderStatus
from sales.deal_kind import DEALS
from sales.kinds import ORDERS
from sales.lead_kind import after_words
from sales.models import Lead, Order
from sales.recommendations import newest_run, offered_on, open_deals, suggestions
from sales.selectors import customer_deals, customer_orders, deals


class RecommendationsPanel:
    """What the customer (or their organisation, who pays) may want next, and why."""

    key = "recommendations"
    title = _("Recommended")
    permission = "sales.view_recommendation"
    template = "sales/recommendations_panel.html"
    query_budget = 7
    limit = 4
    most_deals = 8

    def context(self, *, user: User, customer: Customer) -> dict[str, Any] | None:
        payer = customer.organisation or customer
        if has_hidden_employer(user, customer):
            return None
        rows = suggestions(user, payer, self.limit)
        if not rows:
            return None
        deals = open_deals(user, payer, self.most_deals) if allowed(user, "sales.edit_deal") else []
        offered = offered_on(deals) if deals else {}
        return {
            "payer": payer,
            "of_organisation": payer != customer,
            "run": newest_run(user),
            "rows": [(row, offered.get(row.product.pk)) for row in rows],
            "deals": deals,
        }


class OrdersPanel:
    """The newest orders, with the way to all of them and to a new one."""

    key = "orders"
    title = _("Orders")
    permission = "sales.view_order"
    template = "sales/orders_panel.html"
    query_budget = 1
    limit = 6

    def context(self, *, user: User, customer: Customer) -> dict[str, Any]:
        rows = order_rows(user, customer_orders(user, customer)[: self.limit + 1])
        return {
            "customer": customer,
            "rows": rows[: self.limit],
            "has_more": len(rows) > self.limit,
            "filter": "customer" if customer.is_person else "payer",
            "can_create": allowed(user, "sales.create_order"),
        }


FIELDS = tuple(ORDERS.field(key) for key in ("number", "status", "placed_on", "amount"))


def order_rows(user: User, orders: QuerySet[Order]) -> list[dict[str, Any]]:
    """These orders, which the reader may see, as rows of a panel."""
    rows = read(ORDERS, user, FIELDS, orders)
    for row in rows:
        row["currency"], row["status_label"] = row["amount.currency"], OrderStatus(row["status"]).label
    return rows


class DealsPanel:
    """What might be sold to the customer, open deals first, with the way to all of them and to a new one."""

    key = "deals"
    title = _("Deals")
    permission = "sales.view_deal"
    template = "sales/deals_panel.html"
    query_budget = 1
    limit = 5

    def context(self, *, user: User, customer: Customer) -> dict[str, Any]:
        rows = read(DEALS, user, DEAL_FIELDS, customer_deals(user, customer)[: self.limit + 1])
        return {
            "customer": customer,
            "rows": rows[: self.limit],
            "has_more": len(rows) > self.limit,
            "filter": "customer" if customer.is_person else "payer",
            "can_create": allowed(user, "sales.create_deal"),
            "knows_books": allowed(user, "sales.view_pricebook"),
        }


DEAL_FIELDS = tuple(DEALS.field(key) for key in ("name", "stage", "state", "amount", "close_on"))


class LeadPanel:
    """What the customer is as a lead, with the verbs of the working list."""

    key = "lead"
    title = _("Lead")
    permission = "sales.view_lead"
    template = "sales/lead_panel.html"
    query_budget = 2

    def context(self, *, user: User, customer: Customer) -> dict[str, Any] | None:
        lead = Lead.objects.visible_to(user).filter(pk=customer.pk).first() if customer.lead_status else None
        if lead is None:
            return None
        return {
            "lead": lead,
            "deal": deals(user).filter(pk=lead.deal_id).first() if lead.deal_id else None,
            "after": after_words(lead.touch_minutes),
            "is_late": bool(lead.due_at and lead.due_at < timezone.now()),
            "can": {
                "take": lead.is_waiting and lead.owner_id is None and allowed(user, "sales.take_lead"),
                "edit": allowed(user, "sales.edit_lead", lead),
                "assign": allowed(user, "sales.assign_lead", lead),
            },
        }
