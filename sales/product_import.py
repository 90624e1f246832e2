"""Products as a kind of import: known by their code."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.imports.simple import SimpleField, SimpleImport, Values
from crm.staff.models import User
from sales.models import Product
from sales.services.product import product_create, product_edit


class ProductImport(SimpleImport):
    key = "product"
    label = gettext_lazy("Products")
    model = Product
    identity = "code"
    permissions = ("sales.create_product", "sales.edit_product")
    fields = (
        SimpleField("code", gettext_lazy("Code"), required=True, synonyms=("sku", "article", "artikelnummer", "id")),
        SimpleField("name", gettext_lazy("Name"), required=True, synonyms=("product", "title", "bezeichnung")),
        SimpleField(
            "price", gettext_lazy("Price"), field="price_amount",
            synonyms=("price_amount", "unit_price", "list_price", "preis", "amount"),
            help=gettext_lazy("In the company's currency, such as 12.50."),
        ),
        SimpleField(
            "cost", gettext_lazy("Cost"), field="cost_amount", group="finance",
            synonyms=("cost_amount", "unit_cost", "purchase_price", "kosten"),
        ),
        SimpleField("category", gettext_lazy("Category"), synonyms=("group", "kategorie", "product_category")),
        SimpleField("line", gettext_lazy("Product line"), synonyms=("product_line", "family", "series")),
        SimpleField("tier", gettext_lazy("Tier"), synonyms=("level", "stufe")),
        SimpleField("unit", gettext_lazy("Unit"), synonyms=("unit_of_measure", "uom", "einheit")),
        SimpleField("description", gettext_lazy("Description"), synonyms=("text", "beschreibung")),
        SimpleField(
            "is_active", gettext_lazy("Sold"), synonyms=("active", "sold", "aktiv"), help=gettext_lazy("yes or no")
        ),
    )  # fmt: skip

    def create(self, *, actor: User, values: Values) -> Any:
        return product_create(actor=actor, values=values)

    def edit(self, *, actor: User, obj: Any, values: Values, version: int) -> Any:
        return product_edit(actor=actor, obj=obj, values=values, version=version)

    def row_problem(self, values: Values) -> tuple[str, str] | None:
        if values.get("tier") and not values.get("line"):
            return "tier", _("A tier needs the product line that it belongs to.")
        return None
