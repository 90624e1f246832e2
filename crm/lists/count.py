"""How many rows a list has: never counted further than is worth waiting for."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.access.querysets import AccessQuerySet
from crm.lists.state import ListState
from crm.rules.estimate import estimate, in_time
from crm.rules.tree import is_empty
from crm.staff.models import User

#: A page says no more than this at once; the rest of the count follows the page.
FIRST_CAP = 1_000
COUNT_CAP = 10_000


def count_text(rows: AccessQuerySet[Any], user: User, cap: int = COUNT_CAP) -> str:
    """Counted no further than one above the cap: `2,431` or `10,000+`."""
    count = rows.visible_to(user).order_by()[: cap + 1].count()
    return f"{min(count, cap):,}" + ("+" if count > cap else "")


def list_count(rows: AccessQuerySet[Any], user: User) -> str:
    """As `count_text`, but from a sample when counting takes longer than anybody waits."""
    text = in_time(lambda: count_text(rows, user))
    return text or _("about %s") % f"{estimate(rows.visible_to(user)).rounded:,}"


def page_count(state: ListState, rows: AccessQuerySet[Any], shown: int | None) -> tuple[str, str]:
    """(what a page says, the query string that asks for more or ""); `shown` rows are all there are, if given.

    Every row must be judged to be counted, so the page waits for few of them only, and with a rule, which may ask
    much of each, for none.
    """
    if shown is not None:
        return f"{shown:,}", ""
    if not is_empty(state.rule):
        return f"{state.kind.page_size}+", count_query(state.asked)
    text = count_text(rows, state.user, FIRST_CAP)
    return text, count_query(state.asked) if text.endswith("+") else ""


def count_query(params: QueryDict) -> str:
    """The same filters, asking for the count alone."""
    asked = params.copy()
    for name in ("after", "before", "sort"):
        asked.pop(name, None)
    asked["count"] = "1"
    return asked.urlencode()
