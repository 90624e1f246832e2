"""The rules of price books: whom each is for. They are asked by somebody who may know everything.

So a price depends on the customer alone, never on who looks at it or on who laid it down and left since. Whoever writes
a rule may only ask what they may know themselves (read_rule).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from contacts.models import Customer
from crm.access.grants import everything
from crm.kept import kept
from crm.records.kinds import kinds
from crm.rules.compile import Reading, compiled, problems
from crm.rules.errors import RuleError
from crm.rules.tree import Condition, is_empty, read_text, read_tree, walk, write_tree
from crm.rules.values import ME
from crm.rules.words import in_words
from crm.staff.models import User
from sales.models import PriceBook

CUSTOMER = "contacts.customer"


def nobody() -> User:
    """Asks for the company: sees all there is and is no person."""
    return kept("sales.nobody", make_nobody)


def make_nobody() -> User:
    user = User(name="-", is_active=True)
    user.kept_grants = everything(0)  # type: ignore[attr-defined]
    return user


def reading_of(user: User) -> Reading:
    return Reading.of(kinds()[CUSTOMER], user)


def verdicts(books: Sequence[PriceBook], payer: Customer | None) -> dict[int, bool | None]:
    """Which of the books are for this payer, in one query; None for a rule that cannot be asked any more.

    Without a payer only books for everybody are.
    """
    reading = reading_of(nobody())
    asked: dict[str, Any] = {}
    found: dict[int, bool | None] = {}
    for book in books:
        try:
            node = read_tree(book.rule)
            condition = compiled(reading, node)
        except RuleError:
            found[book.pk] = None
            continue
        found[book.pk] = is_empty(node)
        if payer is not None and not is_empty(node):
            asked[f"book_{book.pk}"] = ExpressionWrapper(condition, output_field=BooleanField())
    if payer is None or not asked:
        return found
    answers = reading.kind.rows().filter(pk=payer.pk).annotate(**asked).values(*asked).first() or {}
    return found | {int(name.removeprefix("book_")): bool(value) for name, value in answers.items()}


def read_rule(user: User, text: str) -> dict[str, Any]:
    """The rule of a form as it is stored. Raises RuleError for what its writer may not ask, or nobody can answer."""
    node = read_text(text)
    fault = next(problems(kinds()[CUSTOMER], user, node), None)
    if fault is not None:
        raise fault
    if any(isinstance(part, Condition) and asks_me(part.value) for part in walk(node)):
        raise RuleError(_("A price cannot depend on who looks: choose people by name."))
    return {} if is_empty(node) else write_tree(node)


def asks_me(value: Any) -> bool:
    return isinstance(value, list) and ME in value


def rule_fault(rule: Any) -> str:
    """Why a stored rule cannot be asked any more; empty when it can."""
    try:
        fault = next(problems(kinds()[CUSTOMER], nobody(), read_tree(rule)), None)
    except RuleError as unread:
        return unread.text
    return fault.text if fault else ""


def rule_words(rule: Any) -> str:
    """A stored rule as people read it."""
    try:
        node = read_tree(rule)
    except RuleError as fault:
        return fault.text
    return _("Every customer") if is_empty(node) else in_words(reading_of(nobody()), node)


def book_cell(row: Mapping[str, Any]) -> str:
    """The name of a book, and in small whom it is for."""
    address = reverse("sales:pricebook-record", args=[row["id"]])
    words = escape(rule_words(row["rule"]))
    return f'<a href="{address}">{escape(row["name"])}</a> <span class="faint small" title="{words}">{words}</span>'
