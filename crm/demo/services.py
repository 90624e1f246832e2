"""Loads the fictional company: each part once, whole or not at all."""

from collections.abc import Callable

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils.module_loading import import_string

from crm.demo.models import DemoPart
from crm.demo.selectors import VALUES, unloaded_parts


def demo_load(*, say: Callable[[str], object]) -> None:
    for path in unloaded_parts():
        say(f"Loading {path} ...")
        if path == VALUES:
            call_command("value_refresh", verbosity=0)
            DemoPart.objects.create(path=path)
        else:
            part_load(path=path)


def part_load(*, path: str) -> None:
    """A loader is a function without arguments, named in settings.DEMO_LOADERS."""
    if path not in settings.DEMO_LOADERS:
        raise ValueError(f"{path} is not in DEMO_LOADERS.")
    load: Callable[[], None] = import_string(path)
    with transaction.atomic():
        load()
        DemoPart.objects.create(path=path)
