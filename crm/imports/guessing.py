"""Which column probably fills which field. Pure."""

import re
from collections.abc import Iterable

from crm.imports.kinds import ImportField


def normalised(name: str) -> str:
    """`Order Date` -> `order_date`."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def exact_mapping(columns: Iterable[str], fields: Iterable[ImportField]) -> dict[str, str]:
    """Columns named like a field."""
    names = {field.name for field in fields}
    return first_of_each({column: normalised(column) for column in columns if normalised(column) in names})


def guessed_mapping(columns: Iterable[str], fields: Iterable[ImportField]) -> dict[str, str]:
    """Columns named like a field, then those named like one of its synonyms."""
    columns, fields = list(columns), list(fields)
    found = exact_mapping(columns, fields)
    for field in fields:
        for column in columns:
            if (
                column not in found
                and field.name not in found.values()
                and normalised(column) in field.synonyms
            ):
                found[column] = field.name
    if "ordered_on" in found.values() and "ordered_at" in found.values():
        found = {column: name for column, name in found.items() if name != "ordered_on"}
    return found


def first_of_each(mapping: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column, name in mapping.items():
        if name not in found.values():
            found[column] = name
    return found
