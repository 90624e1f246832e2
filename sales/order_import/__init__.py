"""Orders, and with them customers, from CSV: see docs of OrderImport for what a file may hold."""

from sales.order_import.kind import OrderImport

__all__ = ["OrderImport"]
