"""What a template of an e-mail may name of a deal."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.email_fields import EmailFields
from crm.company.reading import long_day
from crm.money.formatting import money
from crm.staff.models import User

LABELS = {
    "deal.name": _("Name of the deal"),
    "deal.amount": _("Amount of the deal"),
    "deal.close_on": _("Expected close of the deal"),
    "deal.stage": _("Stage of the deal"),
}


def values(user: User, deal: Any) -> dict[str, str]:
    return {
        "deal.name": deal.name,
        "deal.amount": money(deal.amount, deal.currency) if deal.amount is not None else "",
        "deal.close_on": long_day(deal.close_on),
        "deal.stage": deal.stage.name,
    }


DEAL = EmailFields("sales.deal", LABELS, values)
