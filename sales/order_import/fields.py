"""The fields a column of an order file can fill."""

from django.utils.translation import gettext_lazy as _

from crm.imports.kinds import ImportField

FIELDS = (
    ImportField(
        "customer_id",
        _("Customer id"),
        required=True,
        synonyms=("customer", "client_id", "client", "user_id", "account_id", "cust_id", "kundennummer"),
        help=_("The customer's id in the system the file comes from."),
    ),
    ImportField(
        "ordered_on",
        _("Order date"),
        synonyms=("date", "order_date", "day", "purchase_date", "invoice_date", "bestelldatum"),
        help=_("A day, such as 2026-11-23."),
    ),
    ImportField(
        "ordered_at",
        _("Order time"),
        synonyms=("created_at", "placed_at", "order_time", "timestamp", "datetime"),
        help=_(
            "A moment, such as 2026-11-23 14:05 or 2026-11-23T14:05:00Z; without a zone, in the company's."
        ),
    ),
    ImportField(
        "amount",
        _("Amount"),
        required=True,
        synonyms=("total", "order_total", "price", "revenue", "value", "sum", "betrag", "net_amount"),
        help=_("A number such as 1234.50. Rows that share an order number add up."),
    ),
    ImportField(
        "order_id",
        _("Order number"),
        synonyms=("order", "order_number", "order_no", "invoice", "invoice_no", "number", "bestellnummer"),
        help=_(
            "Rows with the same number are lines of one order. Without it every row is an order of its own."
        ),
    ),
    ImportField("quantity", _("Quantity"), synonyms=("qty", "count", "units", "menge")),
    ImportField(
        "product", _("Product"), synonyms=("sku", "item", "product_code", "article", "artikel", "stock_code")
    ),
    ImportField("currency", _("Currency"), synonyms=("currency_code", "waehrung")),
    ImportField(
        "status", _("Status"), synonyms=("state", "order_status"), help=_("placed, cancelled or returned")
    ),
    ImportField("name", _("Customer name"), synonyms=("customer_name", "full_name", "client_name")),
    ImportField(
        "email", _("Customer e-mail"), synonyms=("e_mail", "mail", "customer_email", "email_address")
    ),
)
NAMES = tuple(field.name for field in FIELDS)
TEXTS = ("customer_id", "order_id", "product", "name", "email")
