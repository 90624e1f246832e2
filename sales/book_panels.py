"""What stands beside a price book: who gets it, and which books come before it."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contacts.selectors import customers
from crm.access.services import allowed
from crm.lists.rule_pages import count_words
from crm.records.kinds import kinds
from crm.rules.compile import condition
from crm.rules.errors import RuleError
from crm.rules.estimate import exact
from crm.rules.tree import is_empty, read_tree, write_text
from crm.staff.models import User
from sales.book_rules import CUSTOMER, rule_fault, rule_words
from sales.models import PriceBook


class WhoPanel:
    """Whom a book is for, how many that are with the list of them, and the books that go before it."""

    key = "who"
    about = ("record",)
    title = _("Who gets it")
    permission = "sales.view_pricebook"
    template = "sales/book_who_panel.html"
    query_budget = 6
    limit = 5

    def context(self, *, user: User, record: PriceBook) -> dict[str, Any]:
        fault = rule_fault(record.rule)
        return {
            "book": record,
            "words": rule_words(record.rule),
            "fault": fault,
            "before": [] if fault else list(before(record)[: self.limit]),
            "edit_url": reverse("sales:pricebook-rule", args=[record.pk])
            if allowed(user, "sales.edit_pricebook")
            else "",
            **({} if fault else counted(user, record)),
        }


def counted(user: User, book: PriceBook) -> dict[str, Any]:
    """How many of the customers whom the reader may see the rule finds; nothing where they may not ask it."""
    node, kind = read_tree(book.rule), kinds()[CUSTOMER]
    try:
        rows = customers(user).filter(condition(kind, user, node))
    except RuleError:
        return {}
    rule = {} if is_empty(node) else {"rule": write_text(node)}
    address = reverse("contacts:customer-list")
    return {
        "count": count_words(kind, exact(rows)),
        "list_url": f"{address}?{urlencode(rule)}" if rule else address,
    }


def before(book: PriceBook) -> Any:
    """Books in the same currency that are asked first and hold on some of the same days."""
    rows = PriceBook.objects.filter(is_active=True, deleted_at=None, currency=book.currency).exclude(
        pk=book.pk
    )
    if book.valid_to:
        rows = rows.filter(Q(valid_from=None) | Q(valid_from__lte=book.valid_to))
    if book.valid_from:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=book.valid_from))
    return rows.filter(priority__lte=book.priority).order_by("priority", "pk")
