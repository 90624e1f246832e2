"""Reading quotes, as far as the reader may see their deals; and the one that a link leads to."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from crm.access.querysets import AccessQuerySet
from crm.access.services import find
from crm.publicforms.tokens import token_digest
from crm.staff.models import User
from sales.choices import QuoteStatus, StageKind
from sales.models import Deal, Quote, Stage

ROWS = (
    "deal__customer__organisation",
    "deal__owner",
    "deal__team",
    "deal__stage",
    "deal__pipeline",
    "deal__payer",
)


def quotes(user: User) -> AccessQuerySet[Quote]:
    return Quote.objects.filter(deal__deleted_at=None).visible_to(user)


def quote_find(user: User, pk: int) -> Quote:
    """Raises Http404 for the invisible."""
    return find(Quote.objects.filter(deal__deleted_at=None).select_related(*ROWS), user, pk)


def deal_quotes(user: User, deal: Deal) -> QuerySet[Quote]:
    return quotes(user).filter(deal=deal).order_by("-pk")


def editions(quote: Quote) -> list[Quote]:
    """All editions of a quote, the newest first."""
    return list(Quote.objects.filter(number=quote.number).order_by("-edition"))


def later_stages(deal: Deal) -> QuerySet[Stage]:
    """The open stages of its pipeline after the one that the deal is in."""
    return open_stages(deal).filter(position__gt=deal.stage.position).order_by("position", "pk")


def open_stages(deal: Deal) -> QuerySet[Stage]:
    return Stage.objects.filter(pipeline=deal.pipeline_id, kind=StageKind.OPEN, deleted_at=None)


def public_quote(token: str) -> Quote:
    """The quote of a link, found by its digest; Http404 for one that is none, and for what was never sent."""
    rows = Quote.objects.select_related("deal__owner").exclude(sent_at=None)
    found = rows.filter(token_hash=token_digest(token)).first() if len(token) < 100 else None
    if found is None or found.is_draft:
        raise Http404
    return found


def public_state(quote: Quote) -> str:
    """What the customer meets: open, accepted, declined, expired, replaced, withdrawn, or ordered in another way."""
    status = quote.status_now
    if quote.deal.deleted_at and status is QuoteStatus.SENT:
        return QuoteStatus.WITHDRAWN.value
    if quote.deal.state == StageKind.WON and status is QuoteStatus.SENT:
        return "ordered"
    return "open" if status is QuoteStatus.SENT else status.value


def newer_sent(quote: Quote) -> Quote | None:
    """The newest later edition that the customer was sent."""
    rows: Any = Quote.objects.filter(number=quote.number, edition__gt=quote.edition).exclude(sent_at=None)
    found: Quote | None = rows.order_by("-edition").first()
    return found
