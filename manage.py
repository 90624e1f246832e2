#!/usr/bin/env python
"""The command line of Tenure: `python manage.py help` lists what it can do."""

import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import execute_from_command_line

from crm import embedded

# commands that must work without a database, or that look after the servers themselves
WITHOUT_SERVERS = {
    "embedded",
    "check",
    "makemigrations",
    "makemessages",
    "compilemessages",
    "collectstatic",
    "help",
    "version",
    "--help",
    "--version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_SERVERS:
        try:
            embedded.ensure_needed(Path(settings.VAR_DIR))
        except embedded.EmbeddedError as error:
            sys.exit(str(error))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
