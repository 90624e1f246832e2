"""How many rows a list has: never counted further than is worth waiting for."""

from typing import Any

from django.http import QueryDict

from crm.access.querysets import AccessQuerySet
from crm.staff.models import User

#: A page says no more than this of a filtered list at once; the rest of the count follows the page.
FIRST_CAP = 1_000
COUNT_CAP = 10_000


def count_text(rows: AccessQuerySet[Any], user: User, cap: int = COUNT_CAP) -> str:
    """Counted no further than one above the cap: `2,431` or `10,000+`."""
    count = rows.visible_to(user).order_by()[: cap + 1].count()
    return f"{min(count, cap):,}" + ("+" if count > cap else "")


def page_count(
    rows: AccessQuerySet[Any], user: User, params: QueryDict, shown: int | None, filtered: bool
) -> tuple[str, str]:
    """(what a page says, the query string that asks for more or ""); `shown` rows are all there are, if given.

    Every row of a filtered list is judged to be counted, so its page waits for few of them only.
    """
    if shown is not None:
        return f"{shown:,}", ""
    if not filtered:
        return count_text(rows, user), ""
    text = count_text(rows, user, FIRST_CAP)
    return text, count_query(params) if text.endswith("+") else ""


def count_query(params: QueryDict) -> str:
    """The same filters, asking for the count alone."""
    asked = params.copy()
    for name in ("after", "before", "sort"):
        asked.pop(name, None)
    asked["count"] = "1"
    return asked.urlencode()
