"""What stands beside a product: how it sells, and what is bought with it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.access.services import allowed
from crm.company.selectors import company_day
from crm.staff.models import User
from sales.choices import OrderStatus
from sales.models import OrderLine, Product, ProductRule
from sales.recommendations import behind

YEAR = timedelta(days=365)


class SoldPanel:
    """Placed orders of a year with the product, as far as the reader may see them."""

    key = "sold"
    title = _("Sold in a year")
    permission = "sales.view_order"
    template = "sales/product_sold.html"
    query_budget = 1

    def context(self, *, user: User, record: Product) -> dict[str, Any]:
        lines = OrderLine.objects.visible_to(user).filter(
            product=record, order__status=OrderStatus.PLACED, order__placed_on__gt=company_day() - YEAR
        )
        found = lines.aggregate(
            orders=Count("order", distinct=True),
            customers=Count("order__payer", distinct=True),
            quantity=Sum("quantity"),
            last_on=Max("order__placed_on"),
        )
        query = urlencode({"product": record.pk, "status": OrderStatus.PLACED.value})
        return found | {"orders_url": f"{reverse('sales:order-list')}?{query}"}


class TogetherPanel:
    """What those who bought the product bought more often than others."""

    key = "together"
    title = _("Bought together")
    permission = "sales.view_recommendation"
    template = "sales/product_together.html"
    query_budget = 1
    limit = 6

    def context(self, *, user: User, record: Product) -> dict[str, Any]:
        may_open = allowed(user, "sales.view_order")
        rules = ProductRule.objects.visible_to(user).filter(bought=record).select_related("other")
        rows = list(rules.order_by("-share", "id")[: self.limit])
        opened = [behind(row.bought_id, row.other_id, row.kind) if may_open else "" for row in rows]
        return {
            "rows": list(zip(rows, opened, strict=True)),
            "rules_url": f"{reverse('sales:rule-list')}?product={record.pk}",
        }
