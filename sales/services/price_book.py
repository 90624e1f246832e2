"""Laying down who gets which price book."""

from typing import Any

from django.db import transaction

from crm.access.services import require
from crm.audit.services import record
from crm.records.services import touch
from crm.staff.models import User
from sales.book_rules import rule_words
from sales.models import PriceBook


@transaction.atomic
def price_book_rule_edit(*, actor: User, book: PriceBook, rule: dict[str, Any], version: int) -> PriceBook:
    """Prices of lines that are written already stay as they are. Raises StaleRecord."""
    require(actor, "sales.edit_pricebook")
    if rule == book.rule:
        return book
    touch(book, version)
    before, after = {"rule": rule_words(book.rule)}, {"rule": rule_words(rule)}
    book.rule = rule
    book.save(update_fields=["rule"])
    record(actor=actor, action="sales.pricebook.rule", obj=book, before=before, after=after)
    return book
