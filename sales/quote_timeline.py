"""What became of quotes on the timeline of their customer: sent, first opened, accepted, declined."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Model, Q, QuerySet, Value
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
    places = newest(visible_quotes(user).filter(own), before, limit)
    rows = visible_quotes(user).in_bulk({pk for _index, pk, _moment in places}) if places else {}
    return [entry(EVENTS[index], rows[pk]) for index, pk, _moment in places if pk in rows]


def newest(rows: QuerySet[Quote], before: Place | None, limit: int) -> list[tuple[int, int, datetime]]:
    """(event, key of the quote, moment) of the newest events of all kinds, in one query."""
    parts = [of_event(rows, index, event, before)[:limit] for index, event in enumerate(EVENTS)]
    every: Any = parts[0].union(*parts[1:], all=True)
    found = every.order_by("-at")[:limit]
    return [(index, pk, at) for index, pk, at in found]


def of_event(rows: QuerySet[Quote], index: int, event: Event, before: Place | None) -> QuerySet[Quote, Any]:
    held = rows.filter(event.which, **{f"{event.moment}__isnull": False})
    older = earlier(held, before, event.source, event.moment).order_by(f"-{event.moment}", "-id")
    return older.annotate(event=Value(index), at=F(event.moment)).values_list("event", "pk", "at")


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
