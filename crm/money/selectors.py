"""Which currencies one can reckon with."""

from crm.company.selectors import company
from crm.money.currencies import DECIMALS
from crm.money.models import ExchangeRate


def currencies() -> list[str]:
    """The company's currency, then those with a stored rate."""
    own = company().currency
    stored = set(ExchangeRate.objects.values_list("currency", flat=True).distinct())
    return [own, *sorted((stored & DECIMALS.keys()) - {own})]
