"""A place in a sorted list: the sort value and key of the row it stands at. Not secret, but checked."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

LONGEST = 600
LARGEST = 10**18


class BadCursor(ValueError):
    """The cursor of the address cannot be read."""


@dataclass(frozen=True)
class Cursor:
    """`backward` reads the rows before the place instead of those after it."""

    value: Any
    pk: int
    backward: bool = False

    def encode(self) -> str:
        value = self.value
        if isinstance(value, (date, datetime)):
            value = value.isoformat()
        elif isinstance(value, Decimal):
            value = str(value)
        text = json.dumps([value, self.pk], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, field: "models.Field[Any, Any]", *, backward: bool) -> Cursor:
    """Raises BadCursor for anything that encode() did not write for this field."""
    if len(text) > LONGEST:
        raise BadCursor(text)
    try:
        padded = text + "=" * (-len(text) % 4)
        value, pk = json.loads(base64.urlsafe_b64decode(padded))
        if type(pk) is not int or abs(pk) >= 2**63 or not isinstance(value, (str, int, float, type(None))):
            raise BadCursor(text)
        return Cursor(None if value is None else storable(field.to_python(value)), pk, backward)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error, ValidationError) as fault:
        raise BadCursor(text) from fault


def storable(value: Any) -> Any:
    """The value, if the database can compare with it. Raises ValueError or OverflowError."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError(value)
    elif isinstance(value, datetime):
        return value.astimezone(UTC)
    elif isinstance(value, (int, float, Decimal)) and not -LARGEST < value < LARGEST:
        raise ValueError(value)
    return value
