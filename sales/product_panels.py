"""What stands beside a product: how it sells, and what is bought with it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.access.services import allowed, field_level
from crm.company.selectors import company_day
from crm.staff.models import User
from sales.bundles import bundle_of
from sales.choices import OrderStatus
from sales.models import OrderLine, PriceBook, PriceBookEntry, Product, ProductRule
from sales.recommendations import behind
from sales.tiers import up_sell

YEAR = timedelta(days=365)


class UpSellPanel:
    """The next tier of the product's line, and what one of it adds."""

    key = "up-sell"
    about = ("record",)
    title = _("Next tier")
    permission = "sales.view_product"
    template = "sales/product_up_sell.html"
    query_budget = 1

    def context(self, *, user: User, record: Product) -> dict[str, Any]:
        return {"found": up_sell(user, record), "knows_cost": field_level(user, "finance") != "hidden"}


class BundlePanel:
    """What a bundle is made of, and what it saves and earns."""

    key = "bundle"
    about = ("record",)
    title = _("Bundle")
    permission = "sales.view_product"
    template = "sales/bundle_panel.html"
    query_budget = 1

    def context(self, *, user: User, record: Product) -> dict[str, Any]:
        may_add = allowed(user, "sales.create_product")
        return {
            "bundle": bundle_of(user, record),
            "knows_cost": field_level(user, "finance") != "hidden",
            "add_url": f"{reverse('sales:bundlepart-create')}?bundle={record.pk}" if may_add else "",
        }


class PricesPanel:
    """What the product costs in which price book."""

    key = "prices"
    about = ("record",)
    title = _("In price books")
    permission = "sales.view_pricebook"
    template = "sales/prices_panel.html"
    query_budget = 1
    limit = 8

    def context(self, *, user: User, record: Product) -> dict[str, Any]:
        rows = prices(user).filter(product=record).order_by("book__name", "from_quantity")
        return prices_context(user, rows, self.limit, f"product={record.pk}") | {"of_product": True}


class BookPanel:
    """The prices of a book."""

    key = "book"
    about = ("record",)
    title = _("Prices")
    permission = "sales.view_pricebook"
    template = "sales/prices_panel.html"
    query_budget = 1
    limit = 25

    def context(self, *, user: User, record: PriceBook) -> dict[str, Any]:
        rows = prices(user).filter(book=record).order_by("product__name", "from_quantity")
        return prices_context(user, rows, self.limit, f"book={record.pk}")


def prices(user: User) -> QuerySet[PriceBookEntry]:
    rows = PriceBookEntry.objects.filter(deleted_at=None, book__deleted_at=None).visible_to(user)
    return rows.select_related("book", "product")


def prices_context(user: User, rows: QuerySet[PriceBookEntry], limit: int, query: str) -> dict[str, Any]:
    found = list(rows[: limit + 1])
    may_add = allowed(user, "sales.create_pricebook")
    return {
        "rows": found[:limit],
        "all_url": f"{reverse('sales:pricebookentry-list')}?{query}" if len(found) > limit else "",
        "add_url": f"{reverse('sales:pricebookentry-create')}?{query}" if may_add else "",
    }


class SoldPanel:
    """Placed orders of a year with the product, as far as the reader may see them."""

    key = "sold"
    about = ("record",)
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
    about = ("record",)
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
