"""Texts with fields, written by people: Liquid over plain data of an agreed catalogue, within limits. Pure.

Nothing of the program can be reached from a text: it sees strings, numbers, days, lists and dicts that were put in, and
every filter refuses to make more than MAX_TEXT characters. Rendered in the worker, never in a request of a visitor.
"""

from collections.abc import Callable, Collection, Mapping, Sized
from datetime import date, datetime
from decimal import Decimal
from functools import cache, wraps
from typing import Any

from django.utils.translation import gettext as _
from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError, ResourceLimitError
from markupsafe import Markup

MAX_SOURCE = 100_000
MAX_TEXT = 200_000
MAX_ITEMS = 10_000
MAX_DIGITS = 30
#: other files, text that is taken for HTML as it is, and what only programs need
FORBIDDEN_TAGS = ("include", "render", "extends", "block", "macro", "call")
FORBIDDEN_FILTERS = ("safe", "escapejs", "base64_decode", "base64_url_safe_decode")


class LiquidProblem(Exception):
    """What is wrong with a text, in plain words for whoever wrote it."""


class BoundedEnvironment(Environment):
    loop_iteration_limit = MAX_ITEMS
    local_namespace_limit = 500_000
    output_stream_limit = 1_000_000
    context_depth_limit = 15
    block_nesting_limit = 20

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for name in FORBIDDEN_TAGS:
            self.tags.pop(name, None)
        for name in FORBIDDEN_FILTERS:
            self.filters.pop(name, None)
        for name, function in list(self.filters.items()):
            self.filters[name] = bounded(name, function)


def bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, refusing to take or to make too much. What it needs of the environment is handed on."""

    @wraps(function)
    def guarded(*given: Any, **named: Any) -> Any:
        for value in (*given, *named.values()):
            refuse_large(value)
        forecast(name, given)
        return refuse_large(function(*given, **named))

    guarded.__dict__.update(function.__dict__)
    return guarded


def refuse_large(value: Any) -> Any:
    limit = MAX_TEXT if isinstance(value, str) else MAX_ITEMS
    if isinstance(value, str | list | tuple | range) and len(value) > limit:
        raise too_much()
    if isinstance(value, int | Decimal) and abs(value) >= 10**MAX_DIGITS:
        raise too_much()
    return value


def forecast(name: str, given: tuple[Any, ...]) -> None:
    """Filters that could make very much at one stroke are reckoned before they work."""
    if name == "replace" and len(given) > 1:
        text, old, new = str(given[0]), str(given[1]), str(given[2]) if len(given) > 2 else ""
        made = len(text) + text.count(old) * (len(new) - len(old))
    elif name == "join" and given and isinstance(given[0], Sized):
        glue = len(str(given[1])) if len(given) > 1 else 1
        made = len(given[0]) * glue
    else:
        return
    if made > MAX_TEXT:
        raise too_much()


def too_much() -> ResourceLimitError:
    return ResourceLimitError(_("The text would become too long."), token=None)


@cache
def environment(*, html: bool) -> BoundedEnvironment:
    return BoundedEnvironment(autoescape=html)


def compiled(source: str, *, html: bool) -> BoundTemplate:
    if len(source) > MAX_SOURCE:
        raise LiquidProblem(_("The text is longer than %d characters.") % MAX_SOURCE)
    try:
        return environment(html=html).from_string(source)
    except (LiquidError, RecursionError) as fault:
        raise LiquidProblem(words_of(fault)) from fault


def check(source: str, fields: Collection[str]) -> None:
    """When a text is saved: it can be read and names only the fields (`customer.name`). Raises LiquidProblem."""
    unknown = sorted(path for path in names_in(source) if path not in fields)
    if unknown:
        raise LiquidProblem(_("There is no field %s.") % ", ".join(unknown[:5]))


def names_in(source: str) -> set[str]:
    """The fields that a text names. Raises LiquidProblem."""
    template = compiled(source, html=False)
    try:
        return {dotted(path) for path in template.global_variable_paths()}
    except (LiquidError, RecursionError) as fault:
        raise LiquidProblem(words_of(fault)) from fault


def dotted(path: Any) -> str:
    return str(path).replace("['", ".").replace("']", "").lstrip(".")


def render(source: str, fields: Mapping[str, Any], *, html: bool = False) -> str:
    """The text with its fields filled in; for HTML every value is escaped. Raises LiquidProblem, TypeError."""
    template = compiled(source, html=html)
    try:
        return template.render(**{name: plain(value) for name, value in fields.items()})
    except (LiquidError, RecursionError, OverflowError, ValueError) as fault:
        raise LiquidProblem(words_of(fault)) from fault


def plain(value: Any) -> Any:
    """Data and nothing that has doings of its own. Raises TypeError for anything else: a fault of the program."""
    if isinstance(value, Markup):
        raise TypeError("A field is text, never HTML.")
    if value is None or isinstance(value, str | bool | int | float | Decimal | datetime | date):
        return value
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"A text cannot be given a {type(value).__name__}.")


def words_of(fault: BaseException) -> str:
    if isinstance(fault, ResourceLimitError | RecursionError):
        return _("The text is too large or too deep, or repeats too often.")
    message = fault.message if isinstance(fault, LiquidError) else fault
    token = getattr(fault, "token", None)
    if token is None or token.start_index < 0:
        return _("The text cannot be read: %s") % message
    line = token.source.count("\n", 0, token.start_index) + 1
    return _("Line %(line)d: %(message)s") % {"line": line, "message": message}
