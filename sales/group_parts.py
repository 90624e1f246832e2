"""What an RFM group is offered, why it says no, what people talk about with it, and which prices hold for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q, Sum

from contacts.choices import InteractionKind, RfmGroup
from contacts.models import Interaction
from contacts.selectors import customers
from crm.company.selectors import company_day
from crm.rules.compile import compiled
from crm.rules.errors import RuleError
from crm.rules.tree import is_empty, read_tree
from crm.staff.models import User
from sales.book_rules import reading_of, rule_words
from sales.choices import QuoteStatus, StageKind
from sales.days import midnight_of
from sales.forecasting import Span
from sales.group_figures import of_payers
from sales.models import PriceBook, Quote
from sales.quote_bands import BANDS, banded
from sales.quote_selectors import quotes
from sales.selectors import deals


@dataclass(frozen=True)
class Band:
    """Quotes that were sent with a discount between two limits, and what the customers said; `net` on average."""

    key: str
    label: str
    sent: int
    accepted: int
    declined: int
    net: Decimal | None

    @property
    def accepted_share(self) -> float | None:
        """Of those that were answered."""
        answered = self.accepted + self.declined
        return self.accepted / answered if answered else None


def sent_quotes(user: User, span: Span, group: str) -> Any:
    rows = quotes(user).filter(sent_at__gte=midnight_of(span.first), sent_at__lt=midnight_of(span.end))
    return of_payers(user, rows.filter(deal__payer__value__rfm_group=group), "deal__payer").order_by()


def bands(user: User, span: Span, group: str) -> list[Band]:
    told = banded(sent_quotes(user, span, group)).values("band").annotate(
        sent=Count("pk"),
        accepted=Count("pk", filter=Q(status=QuoteStatus.ACCEPTED)),
        declined=Count("pk", filter=Q(status=QuoteStatus.DECLINED)),
        net=Avg("base_amount"),
    )  # fmt: skip
    found = {row["band"]: row for row in told}
    return [
        Band(key, str(label), row["sent"], row["accepted"], row["declined"], row["net"])
        for key, label in BANDS
        if (row := found.get(key))
    ]


def said_no(user: User, span: Span, group: str, limit: int) -> Sequence[Quote]:
    """Declined quotes with a reason, the newest first."""
    rows = sent_quotes(user, span, group).filter(status=QuoteStatus.DECLINED).exclude(answer_note="")
    return list(rows.select_related("deal").order_by("-answered_at", "-pk")[:limit])


def lost_reasons(user: User, span: Span, group: str) -> list[dict[str, Any]]:
    """{loss_reason, reason, count, amount} of deals that were lost in these months, the most frequent first."""
    lost = deals(user).filter(span.days, state=StageKind.LOST, payer__value__rfm_group=group)
    told = of_payers(user, lost).order_by().values("loss_reason", reason=F("loss_reason__name"))
    return list(told.annotate(count=Count("pk"), amount=Sum("base_amount")).order_by("-count", "reason"))


@dataclass(frozen=True)
class Talk:
    """Of how many customers there is an entry of a kind; `usual` is their share among all customers of a group."""

    kind: str
    label: str
    count: int
    share: float
    usual: float


def talks(user: User, span: Span, group: str, sizes: dict[str, int]) -> list[Talk]:
    """`sizes` is how many customers each group has."""
    rows = Interaction.objects.filter(deleted_at=None).visible_to(user)
    rows = rows.filter(happened_at__gte=midnight_of(span.first), happened_at__lt=midnight_of(span.end))
    told = (
        of_payers(user, rows, "customer")
        .order_by()
        .values("kind", group=F("customer__value__rfm_group"))
        .annotate(count=Count("customer", distinct=True))
    )
    counts: dict[str, dict[str, int]] = {}
    for row in told:
        counts.setdefault(row["kind"], {})[row["group"]] = row["count"]
    every = sum(sizes.values())
    return [
        Talk(
            kind, str(InteractionKind(kind).label), by_group.get(group, 0), by_group.get(group, 0) / sizes[group],
            sum(by_group.values()) / every,
        )
        for kind, by_group in sorted(counts.items())
        if sizes.get(group)
    ]  # fmt: skip


@dataclass(frozen=True)
class HeldBook:
    """A book of today, and how many customers of a group its rule finds; `rule` None where it cannot be asked."""

    book: PriceBook
    words: str
    count: int | None
    rule: Any


def held_books(user: User, group: str) -> list[HeldBook]:
    """In the order in which they are asked; all of them in one query."""
    today, reading = company_day(), reading_of(user)
    rows = [
        book for book in PriceBook.objects.filter(is_active=True, deleted_at=None) if book.holds_on(today)
    ]
    asked: dict[str, Any] = {}
    found = sorted(rows, key=lambda book: book.order)
    for book in found:
        try:
            node = read_tree(book.rule)
            found_by = Q(pk__isnull=False) if is_empty(node) else compiled(reading, node)
        except RuleError:
            continue
        asked[f"book_{book.pk}"] = Count("pk", distinct=True, filter=found_by)
    of_group = customers(user).filter(value__rfm_group=group)
    counts = of_group.order_by().aggregate(**asked) if asked else {}
    return [
        HeldBook(book, rule_words(book.rule), counts.get(f"book_{book.pk}"), book.rule)
        for book in found
        if counts.get(f"book_{book.pk}") != 0
    ]


def known_group(group: str) -> bool:
    return group in RfmGroup.values
