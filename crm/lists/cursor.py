"""A place in a sorted list: the sort value and key of the row it stands at. Not secret, but checked."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


class BadCursor(ValueError):
    """The cursor of the address cannot be read."""


@dataclass(frozen=True)
class Cursor:
    value: Any
    pk: int
    backward: bool = False

    def encode(self) -> str:
        value = self.value
        if isinstance(value, (date, datetime)):
            value = value.isoformat()
        elif isinstance(value, Decimal):
            value = str(value)
        text = json.dumps([value, self.pk, int(self.backward)], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, field: "models.Field[Any, Any]") -> Cursor:
    """Raises BadCursor for anything that encode() did not write for this field."""
    try:
        padded = text + "=" * (-len(text) % 4)
        value, pk, backward = json.loads(base64.urlsafe_b64decode(padded))
        if not isinstance(pk, int) or not isinstance(value, (str, int, float, type(None))):
            raise BadCursor(text)
        return Cursor(None if value is None else field.to_python(value), pk, bool(backward))
    except (ValueError, TypeError, binascii.Error, ValidationError) as fault:
        raise BadCursor(text) from fault
