"""Taking over what the price book says now, the next tier, or the next quantity that costs less."""

from collections.abc import Callable
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.staff.models import User
from sales.line_offers import Better, LineOffer, line_offers
from sales.models import Deal
from sales.selectors import deal_lines
from sales.services.deal_lines import deal_lines_save
from sales.services.order import Line, line_of


@transaction.atomic
def deal_reprice(*, actor: User, deal: Deal, version: int) -> Deal:
    """Every line gets today's price of the customer's price book; discounts stay. Raises StaleRecord."""
    require(actor, "sales.edit_deal", deal)
    offers = line_offers(actor, deal, list(deal_lines(deal)))
    lines = [repriced(offer) for offer in offers.rows]
    return deal_lines_save(actor=actor, deal=deal, lines=lines, version=version)


def repriced(offer: LineOffer) -> Line:
    line = line_of(offer.row)
    return replace(line, unit_amount=offer.today.amount) if offer.today else line


@transaction.atomic
def deal_line_tier(*, actor: User, deal: Deal, line: int, version: int) -> Better:
    """Sell the next tier of the product instead. Raises StaleRecord, ValidationError."""
    return stepped(actor, deal, line, version, lambda offer: offer.tier)


@transaction.atomic
def deal_line_volume(*, actor: User, deal: Deal, line: int, version: int) -> Better:
    """Sell so many that one of them costs less. Raises StaleRecord, ValidationError."""
    return stepped(actor, deal, line, version, lambda offer: offer.volume)


def stepped(
    actor: User, deal: Deal, line: int, version: int, choose: Callable[[LineOffer], Better | None]
) -> Better:
    require(actor, "sales.edit_deal", deal)
    offers = line_offers(actor, deal, list(deal_lines(deal)))
    chosen = next((choose(offer) for offer in offers.rows if offer.row.pk == line), None)
    if chosen is None:
        raise ValidationError(_("The lines have changed meanwhile. Look at them again."))
    lines = [chosen.line if offer.row.pk == line else line_of(offer.row) for offer in offers.rows]
    deal_lines_save(actor=actor, deal=deal, lines=lines, version=version)
    return chosen
