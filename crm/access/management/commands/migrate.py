from typing import Any

from django.core.management.commands import migrate

from crm.access.updating import presets_complete


class Command(migrate.Command):
    """Django's own; afterwards the preset roles know of the objects of access that the update brought."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        is_whole = not (options.get("app_label") or options.get("plan") or options.get("check_unapplied"))
        if is_whole:
            presets_complete()
