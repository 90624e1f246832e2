"""Why a price book holds for a customer, in words."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from contacts.models import Customer
from contacts.selectors import customers
from crm.rules.errors import RuleError
from crm.rules.explain import Line, explain_all
from crm.rules.tree import read_tree
from crm.staff.models import User
from sales.book_rules import reading_of, rule_words
from sales.models import PriceBook
from sales.prices import Pricing, Standing


@dataclass(frozen=True)
class Told:
    """How a book stands for a customer: first | next | currency | broken | no. `lines` tell why, `who` in one line."""

    book: PriceBook
    state: str
    who: str
    lines: list[Line]


def state_of(one: Standing, pricing: Pricing) -> str:
    if one.holds is None:
        return "broken"
    if not one.holds:
        return "no"
    if one.book.currency != pricing.currency:
        return "currency"
    return "first" if one.book.pk == pricing.books[0].pk else "next"


def told(user: User, pricing: Pricing, payer: Customer) -> list[Told]:
    """Every book of these days; what the customer holds is told to whoever may see the payer."""
    sees = customers(user).filter(pk=payer.pk).exists()
    reasons = why(user, [one.book for one in pricing.standings], payer) if sees else {}
    return [
        Told(one.book, state_of(one, pricing), rule_words(one.book.rule), reasons.get(one.book.pk, []))
        for one in pricing.standings
    ]


def why(user: User, books: Sequence[PriceBook], payer: Customer) -> dict[int, list[Line]]:
    """Each condition with what the payer holds, as far as the reader may know it; nothing of rules nobody can read."""
    nodes = {}
    for book in books:
        with suppress(RuleError):
            nodes[book.pk] = read_tree(book.rule)
    return dict(zip(nodes, explain_all(reading_of(user), list(nodes.values()), payer.pk), strict=True))
