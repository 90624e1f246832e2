"""Products by what people type for them."""

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Lower

from sales.models import Product


def plain(text: str) -> str:
    return text.strip().lower()


def products_named(texts: Iterable[str]) -> dict[str, Product]:
    """By plain name and code, in one query; of several of one name, one that is still sold, the oldest."""
    typed = {plain(text) for text in texts} - {""}
    if not typed:
        return {}
    rows = Product.objects.annotate(low_name=Lower("name"), low_code=Lower("code"))
    found: dict[str, Product] = {}
    for product in rows.filter(Q(low_name__in=typed) | Q(low_code__in=typed)).order_by("-is_active", "pk"):
        found.setdefault(plain(product.name), product)
        found.setdefault(plain(product.code), product)
    return found
