"""Commands that other programs call."""

import json
import sys
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _


class JsonCommand(BaseCommand):
    """With --json, standard output holds one document alone, also when the command fails; failures exit with 1."""

    def print_document(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))

    def refuse(self, message: str, *, as_json: bool, **more: Any) -> NoReturn:
        """Say why nothing was done, in the document and on standard error."""
        if not as_json:
            raise CommandError(message)
        self.print_document({"error": message, **more})
        self.stderr.write(message)
        sys.exit(1)


def read_day(text: str) -> date:
    """A day such as 2026-11-23. Raises ValueError in plain words."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("%s is not a day of the calendar. Write it like 2026-11-23.") % text) from None
