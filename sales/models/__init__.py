from sales.models.order import Order, OrderLine
from sales.models.product import Product

__all__ = ["Order", "OrderLine", "Product"]
