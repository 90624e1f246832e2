"""Why a price book holds for a customer, in words."""

from dataclasses import dataclass

from contacts.models import Customer
from contacts.selectors import customers
from crm.rules.errors import RuleError
from crm.rules.explain import Line, explain
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
    return [
        Told(
            one.book,
            state_of(one, pricing),
            rule_words(one.book.rule),
            why(user, one.book, payer) if sees else [],
        )
        for one in pricing.standings
    ]


def why(user: User, book: PriceBook, payer: Customer) -> list[Line]:
    """Each condition with what the payer holds, as far as the reader may know it."""
    try:
        return explain(reading_of(user), read_tree(book.rule), payer.pk)
    except RuleError:
        return []
