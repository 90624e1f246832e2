"""A database that is gone for a moment is the reader's short wait (503), not a broken page (500)."""

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from psycopg import OperationalError as PsycopgOperationalError
from psycopg.errors import QueryCanceled

RETRY_SECONDS = 5
SHUTTING_DOWN = ("57P01", "57P02", "57P03")
TOO_MANY = ("53300",)


def is_outage(error: BaseException | None) -> bool:
    """True for a lost, refused or exhausted connection; false for a query that the server itself refused."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, PsycopgOperationalError) else None
    return state is None or state.startswith("08") or state in SHUTTING_DOWN + TOO_MANY


def is_given_up(error: BaseException | None) -> bool:
    """True for a query that ran into DATABASE_STATEMENT_TIMEOUT_MS: what was asked for is too much for a page."""
    cause = error.__cause__ if isinstance(error, OperationalError) else None
    return isinstance(cause, QueryCanceled)


def unavailable() -> HttpResponse:
    """Rendered without the request: its session is in the database that is gone."""
    page = render_to_string("crm/errors/503.html")
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
