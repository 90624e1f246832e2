"""Rows of a table as the answer to a change, in the columns of the page that asked."""

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict

from crm.lists.cells import table_rows
from crm.lists.page import page_rows
from crm.lists.state import ListState, read_state
from crm.records.kinds import Kind
from crm.staff.models import User


def rows_html(
    kind: Kind, user: User, request: HttpRequest, pks: list[int], *, out_of_band: bool = False
) -> str:
    """The rows of these keys; `out_of_band` each finds its own place in the page."""
    state = page_state(kind, user, request)
    rows = page_rows(state, pks)
    return table_rows(kind, state.columns, rows, out_of_band=out_of_band)


def page_state(kind: Kind, user: User, request: HttpRequest) -> ListState:
    """The state of the list on the page that sent an htmx request."""
    try:
        query = urlsplit(request.headers.get("HX-Current-URL", "")).query
    except ValueError:
        query = ""
    return read_state(kind, user, QueryDict(query))
