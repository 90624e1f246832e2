"""Who causes the writes of this moment: the automations that led here, so that a circle is seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """`chain` are keys of automations, the first cause first; `records` what the last one runs for."""

    chain: tuple[int, ...]
    kind: str
    records: frozenset[int]


_origin: ContextVar[Origin | None] = ContextVar("automation_origin", default=None)


def current_origin() -> Origin | None:
    return _origin.get()


@contextmanager
def caused_by(origin: Origin) -> Iterator[None]:
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)
