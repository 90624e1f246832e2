"""Times as people write them: what the clock on their wall shows."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.services.timing import FIRST_YEAR, LAST_YEAR

INPUT_FORMAT = "%Y-%m-%dT%H:%M"
FORMATS = (INPUT_FORMAT, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")


class WallTimeField(forms.DateTimeField):
    """A moment in the writer's zone: of an hour that comes twice the first, of one that is left out the same later."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=INPUT_FORMAT)

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        naive = next(filter(None, (parsed(str(value), each) for each in FORMATS)), None)
        if naive is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if not FIRST_YEAR <= naive.year <= LAST_YEAR:
            raise ValidationError(
                _("The year lies between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return naive.replace(tzinfo=timezone.get_current_timezone()).astimezone(UTC)


def parsed(text: str, shape: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), shape)  # noqa: DTZ007 - a wall clock names no zone
    except ValueError:
        return None
