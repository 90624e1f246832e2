"""Orders with their lines, and products, as the API offers them."""

from django.utils.translation import gettext_lazy as _

from crm.api.resources import Action, Input, Nested, Resource
from sales.api import lines, services

ORDER, PRODUCT = "sales.order", "sales.product"

ORDERS = Resource(
    name="orders",
    kind=ORDER,
    one="Order",
    scopes=(ORDER,),
    create=services.create_order,
    creates=("customer",),
    requires=("customer",),
    inputs=(
        Input("placed_on", services.placed_on),
        Input("currency", services.currency),
        Input("lines", services.lines),
    ),
    nested=(Nested("lines", lines.schema, lines.fill),),
    actions=(
        Action("cancel", services.cancel_order, _("Take the order back before delivery")),
        Action("return", services.return_order, _("The goods came back")),
        Action("reinstate", services.reinstate_order, _("Undo of cancel and return")),
    ),
    select=("customer", "payer"),
)

PRODUCTS = Resource(
    name="products",
    kind=PRODUCT,
    one="Product",
    scopes=(PRODUCT,),
    create=services.create_product,
    edit=services.edit_product,
    requires=("name", "code"),
    default_sort="name",
)
