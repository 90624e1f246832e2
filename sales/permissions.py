from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject

OBJECTS = (
    AccessObject(
        "sales.deal",
        _("Deals"),
        verbs={"move": "edit", "win": "edit", "lose": "edit", "reopen": "edit", "restore": "delete"},
    ),
    AccessObject(
        "sales.lead",
        _("Leads"),
        verbs={"disqualify": "edit", "convert": "edit", "reopen": "edit", "take": "create"},
    ),
    AccessObject(
        "sales.pipeline",
        _("Pipelines"),
        ("view", "create", "edit", "delete"),
        {"restore": "delete"},
        owned=False,
    ),
    AccessObject(
        "sales.sequence",
        _("Sequences"),
        ("view", "create", "edit", "delete"),
        {"enrol": "create", "restore": "delete"},
    ),
    AccessObject("sales.order", _("Orders"), verbs={"cancel": "edit", "return": "edit", "reinstate": "edit"}),
    AccessObject("sales.quota", _("Quotas"), ("view", "edit")),
    AccessObject("sales.product", _("Products"), owned=False),
    AccessObject("sales.pricebook", _("Price books"), owned=False),
    AccessObject("sales.discountlimit", _("Discount limits"), owned=False),
    AccessObject(
        "sales.discount",
        _("Discounts beyond a limit"),
        ("view", "edit"),
        {"approve": "edit", "reject": "edit"},
    ),
    AccessObject("sales.recommendation", _("Recommendations"), owned=False),
)
