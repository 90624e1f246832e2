from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm.administration.setup import is_set_up, setup_path


class Command(BaseCommand):
    help = "Print the link with which a fresh installation is set up; it is good for a day."

    def handle(self, *args: Any, **options: Any) -> None:
        if is_set_up():
            raise CommandError("This installation is set up: sign in, or add one with create_administrator.")
        base = settings.PUBLIC_URL or "http://localhost:8000"
        self.stdout.write(f"{base}{setup_path()}")
