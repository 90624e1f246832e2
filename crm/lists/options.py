"""Choices of a field, found by typing: never a whole list of records in a page."""

from typing import Any

from crm.fields.declaration import Field
from crm.fields.names import names_of
from crm.fields.types import FieldType
from crm.lists.filters import readable_id
from crm.search.selectors import search
from crm.staff.models import User

MOST = 20


def found_options(field: Field, user: User, text: str) -> list[tuple[Any, str]]:
    """(key, name) of what may be chosen, by the words typed so far."""
    if field.type is FieldType.RECORD:
        hits = search(user, text, limit=MOST, types=[field.through_kind])
        return [(hit.object_id, hit.title) for hit in hits]
    wanted = text.strip().casefold()
    options = [(key, name) for key, name in field.options() if wanted in name.casefold()]
    return sorted(options, key=lambda option: not option[1].casefold().startswith(wanted))[:MOST]


def named_options(field: Field, user: User, keys: list[str]) -> list[tuple[Any, str]]:
    """(key, name) of what was chosen before."""
    if field.type is FieldType.RECORD:
        names = names_of(field, user, {int(key) for key in keys if readable_id(key)})
        return list(names.items())
    known = {str(key): name for key, name in field.options()}
    return [(key, known[key]) for key in keys if key in known]
