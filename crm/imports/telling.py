"""What an import wrote by SQL, told to IMPORT_LISTENERS in the transaction of its chunk."""

from collections.abc import Callable, Iterable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

#: a record and its fields that changed; none for one that is new
Written = tuple[int, list[str]]
#: hears of (kind, action, what was written)
Listener = Callable[[str, str, list[Written]], None]


@cache
def listeners() -> tuple[Listener, ...]:
    return tuple(import_string(path) for path in settings.IMPORT_LISTENERS)


def tell_created(kind: str, pks: Iterable[int]) -> None:
    tell(kind, "create", [(pk, []) for pk in pks])


def tell_changed(kind: str, written: Iterable[Written]) -> None:
    tell(kind, "edit", list(written))


def tell(kind: str, verb: str, written: list[Written]) -> None:
    if written:
        for listener in listeners():
            listener(kind, f"{kind}.{verb}", written)
