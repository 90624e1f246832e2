"""Asking for recommendations, and offering them."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.company.selectors import company_day
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.records.services import write_changes
from crm.staff.models import User
from sales.deal_pricing import deal_price
from sales.models import Deal, Product, Recommendation, RecommendationOffer
from sales.services.deal_lines import deal_lines_save
from sales.services.order import Line, line_of

ONE = Decimal(1)


@transaction.atomic
def recommendation_refresh_ask(*, actor: User) -> Job:
    """Have the recommendations computed now."""
    require(actor, "sales.edit_recommendation")
    return enqueue("sales.recommendation_refresh", actor=actor)


@transaction.atomic
def recommendation_offer(*, actor: User, deal: Deal, product: Product) -> RecommendationOffer:
    """Put a recommended product on an open deal, as a line at its price of today; twice is once.

    The amount of a deal becomes the sum of its lines; what was estimated for one without lines stays as its first.
    Raises ValidationError.
    """
    require(actor, "sales.edit_deal", deal)
    locked = Deal.objects.select_for_update(of=("self",)).get(pk=deal.pk)
    made = RecommendationOffer.objects.filter(deal=locked, product=product).first()
    if made:
        return made
    found = Recommendation.objects.filter(customer=locked.payer_id, product=product).order_by("rank").first()
    if found is None:
        raise ValidationError(_("%s is no longer recommended to this customer.") % product)
    price = deal_price(locked)(product, ONE)
    if price is None:
        raise ValidationError(_("%s has no price in the currency of this deal.") % product)
    lines = [*lines_so_far(locked), Line(quantity=ONE, unit_amount=price, product=product)]
    deal_lines_save(actor=actor, deal=locked, lines=lines, version=locked.version)
    return RecommendationOffer.objects.create(
        deal=locked,
        product=product,
        payer_id=locked.payer_id,
        actor=actor,
        offered_on=company_day(),
        rank=found.rank,
        share=found.share,
        lift=found.lift,
        run_number=found.run_number,
    )


def lines_so_far(deal: Deal) -> list[Line]:
    rows = list(deal.lines.select_related("product"))
    if rows or not deal.amount:
        return [line_of(row) for row in rows]
    return [Line(quantity=ONE, unit_amount=deal.amount, text=deal.name)]


@transaction.atomic
def recommendation_withdraw(*, actor: User, offer: RecommendationOffer) -> Deal:
    """Take the product off the deal again: undo of `recommendation_offer`. A deal without any line has no amount."""
    require(actor, "sales.edit_deal", offer.deal)
    deal = Deal.objects.select_for_update(of=("self",)).get(pk=offer.deal_id)
    rows = deal.lines.select_related("product").exclude(product=offer.product_id)
    lines = [line_of(row) for row in rows]
    deal_lines_save(actor=actor, deal=deal, lines=lines, version=deal.version)
    if not lines:
        values = {"amount": None, "base_amount": None}
        write_changes(actor=actor, obj=deal, values=values, version=None, action="sales.deal.edit")
    offer.delete()
    return deal
