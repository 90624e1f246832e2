from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search.sources import Document, SearchSource
from sales.models import Deal, Order, Product


def order_document(order: Order) -> Document:
    title = f"{order.external_id} · {order.amount} {order.currency}"
    # without the customer, whom not everybody who may see the order may see
    return Document(title, f"{order.placed_on}", (order.external_id,))


def order_url(pk: int) -> str:
    return reverse("sales:order-record", args=[pk])


ORDERS = SearchSource("sales.order", _("Order"), icon="shopping-bag", url=order_url, document=order_document)


def product_document(product: Product) -> Document:
    return Document(product.name, product.code, (product.name, product.code))


def product_url(pk: int) -> str:
    return reverse("sales:product-record", args=[pk])


PRODUCTS = SearchSource(
    "sales.product", _("Product"), icon="package", url=product_url, document=product_document
)


def deal_document(deal: Deal) -> Document:
    # without the customer, whom not everybody who may see the deal may see
    return Document(deal.name, deal.get_state_display(), (deal.name,))


def deal_url(pk: int) -> str:
    return reverse("sales:deal-record", args=[pk])


DEALS = SearchSource("sales.deal", _("Deal"), icon="handshake", url=deal_url, document=deal_document)
