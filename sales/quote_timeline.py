"""What became of quotes on the timeline of their customer: sent, first opened, accepted, declined."""

from dataclasses import dataclass, field

from django.db.models import Model, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.models import Customer
from crm.money.formatting import money
from crm.records.timeline import Entry, Place, earlier
from crm.staff.models import User
from sales.choices import QuoteStatus
from sales.models import Deal, Quote
from sales.quote_selectors import quotes as visible_quotes
from sales.selectors import customer_deals


@dataclass(frozen=True)
class Event:
    """`source` tells the events of a quote apart, `moment` is the column that dates it."""

    source: str
    moment: str
    icon: str
    words: str | Promise
    which: Q = field(default_factory=Q)


EVENTS = (
    Event(
        "quote_accepted", "answered_at", "file-check", _("%s was accepted"), Q(status=QuoteStatus.ACCEPTED)
    ),
    Event("quote_declined", "answered_at", "file-x", _("%s was declined"), Q(status=QuoteStatus.DECLINED)),
    Event("quote_opened", "opened_at", "eye", _("%s was opened for the first time")),
    Event("quote_sent", "sent_at", "send", _("%s was sent")),
)


def quotes(
    user: User, customer: Customer, before: Place | None, limit: int, about: Model | None = None
) -> list[Entry]:
    """Of an organisation also the quotes of deals it would pay for, as with orders."""
    if about is not None and not isinstance(about, Deal):
        return []
    own = Q(deal=about) if about else Q(deal__in=customer_deals(user, customer).order_by())
    found: list[Entry] = []
    for event in EVENTS:
        rows = visible_quotes(user).filter(own, event.which, **{f"{event.moment}__isnull": False})
        older = earlier(rows, before, event.source, event.moment).order_by(f"-{event.moment}", "-id")
        found += [entry(event, row) for row in older[:limit]]
    return found


def entry(event: Event, row: Quote) -> Entry:
    named = f"{row} ({money(row.total_amount, row.currency)})"
    answered = event.moment == "answered_at"
    return Entry(
        id=row.pk,
        source=event.source,
        kind=event.source,
        icon=event.icon,
        happened_at=getattr(row, event.moment),
        summary=str(event.words) % named,
        body=row.answer_note if answered else row.title,
        facts=row.answered_by if answered else "",
        url=reverse("sales:quote-record", args=[row.pk]),
    )
