"""What is read once in a request or job, however often it is asked for."""

from collections.abc import Callable
from typing import Any, TypeVar

from asgiref.local import Local

T = TypeVar("T")
_kept = Local()


def kept(name: str, read: Callable[[], T]) -> T:
    """What `read` gave when it was first asked for under this name."""
    found: dict[str, Any] = _store()
    if name not in found:
        found[name] = read()
    value: T = found[name]
    return value


def keep(name: str, value: object) -> None:
    """What was read together with something else."""
    _store()[name] = value


def has_kept(name: str) -> bool:
    return name in _store()


def forget(name: str) -> None:
    """Read it again when it is next asked for: whoever changes it says so."""
    _store().pop(name, None)


def forget_all(*, in_request: bool = False) -> None:
    """At the start of every request and job. A request is short: what it has read counts until its end."""
    _kept.found, _kept.in_request = {}, in_request


def in_request() -> bool:
    return getattr(_kept, "in_request", False)


def _store() -> dict[str, Any]:
    found: dict[str, Any] | None = getattr(_kept, "found", None)
    if found is None:
        found = _kept.found = {}
    return found
