from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.search.sources import Document, SearchSource
from crm.staff.models import User
from sales.models import Deal, Order, Product, Quote


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


def quote_document(quote: Quote) -> Document:
    # without the receiver, whom not everybody who may see the quote may see
    return Document(str(quote), quote.title, (str(quote), quote.number, quote.title))


def quote_url(pk: int) -> str:
    return reverse("sales:quote-record", args=[pk])


def quotes_seen(user: User, _text: str, pks: list[int]) -> set[int]:
    """Judged by the deal as it is now: the index does not know who owns it."""
    found = Quote.objects.filter(pk__in=pks, deal__deleted_at=None).visible_to(user)
    return set(found.values_list("pk", flat=True))


QUOTES = SearchSource(
    "sales.quote", _("Quote"), icon="file-text", url=quote_url, document=quote_document, access="sales.deal",
    found_by=quotes_seen,
)  # fmt: skip


def deal_url(pk: int) -> str:
    return reverse("sales:deal-record", args=[pk])


DEALS = SearchSource("sales.deal", _("Deal"), icon="handshake", url=deal_url, document=deal_document)
