"""Orders as a kind of import."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.imports.kinds import Applied, Checked, Unknown
from crm.imports.models import ImportBatch, ImportRun
from crm.jobs.services import enqueue
from sales.order_import.customers import create_missing
from sales.order_import.fields import FIELDS
from sales.order_import.orders import apply_orders
from sales.order_import.report import report
from sales.order_import.stage import build
from sales.order_import.undo import undo_changes, undo_customers, undo_orders


class OrderImport:
    """Orders and the customers who placed them.

    A row without an order number is an order of its own, known by its content (customer, date, amount, currency,
    quantity, product) and how-manieth such row it is; so the same file twice changes nothing, whatever the order of
    its rows. Rows with the same order number are lines of one order: their amounts add up; customer, date, currency
    and status must agree, and each must name its product. An order that is already here is changed to what the file
    says; a file without a status leaves the status alone. Customers are known by source and id.
    """

    key = "order"
    label = gettext_lazy("Orders and customers")
    fields = FIELDS
    permissions = ()
    most_rows = 25_000

    def mapping_problem(self, fields: set[str]) -> str:
        for field in self.fields:
            if field.required and field.name not in fields:
                return _("No column holds the %(field)s.") % {"field": f"{field.label} ({field.name})"}
        if not fields & {"ordered_on", "ordered_at"}:
            return _("No column holds the order date (ordered_on or ordered_at).")
        return ""

    def prepare(self, run: ImportRun) -> None:
        build(run)

    def check(self, run: ImportRun, *, forecast: bool) -> Checked:
        return report(run, forecast=forecast)

    def unknown(self, run: ImportRun) -> list[Unknown]:
        return []

    def apply(self, run: ImportRun, batch: ImportBatch, first: int, last: int) -> Applied:
        batch.customer_ids = create_missing(run, first, last)
        done = apply_orders(run, batch, first, last)
        done.customers = len(batch.customer_ids)
        return done

    def undo_records(self, run: ImportRun, batch: ImportBatch) -> list[str]:
        return undo_orders(run, batch)

    def undo_customers(self, run: ImportRun, batch: ImportBatch) -> list[str]:
        return undo_customers(run, batch)

    def undo_changes(self, run: ImportRun) -> list[str]:
        return undo_changes(run)

    def changed(self, run: ImportRun) -> None:
        for name in settings.ON_CHANGE["order"]:
            enqueue(name)
