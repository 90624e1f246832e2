"""Texts as people may write them: nothing in them that cannot be seen."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# control characters, those that turn the direction of what follows, and those without width
INVISIBLE = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff]")


def visible(text: str) -> None:
    """A validator of fields. Raises ValidationError for text with invisible characters in it."""
    if INVISIBLE.search(text):
        raise ValidationError(_("This holds invisible control characters. Type it anew."))
