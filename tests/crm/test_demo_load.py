"""The fictional company is loaded once, each part whole or not at all."""

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from crm.company.models import Company
from crm.demo.models import DemoPart
from crm.demo.reset import forget_everything
from crm.demo.selectors import VALUES, unloaded_parts
from crm.demo.services import demo_load, part_load

PART = "tests.crm.test_demo_load.company_load"
BROKEN = "tests.crm.test_demo_load.broken_load"


def company_load() -> None:
    Company.objects.create(name="Halden & Ruiz")


def broken_load() -> None:
    company_load()
    raise RuntimeError("cut short")


@pytest.fixture(autouse=True)
def _one_part(settings: LazySettings) -> None:
    settings.DEMO_LOADERS = [PART]


@pytest.mark.django_db
def test_a_part_is_loaded_once() -> None:
    DemoPart.objects.create(path=VALUES)
    told: list[str] = []
    for _ in range(2):
        demo_load(say=told.append)
    assert told == [f"Loading {PART} ..."]
    assert Company.objects.count() == 1
    assert unloaded_parts() == []


@pytest.mark.django_db(transaction=True)
def test_a_part_that_is_cut_short_leaves_nothing(settings: LazySettings) -> None:
    settings.DEMO_LOADERS = [BROKEN]
    with pytest.raises(RuntimeError):
        demo_load(say=lambda text: None)
    assert not Company.objects.exists()
    assert BROKEN in unloaded_parts()


@pytest.mark.django_db
def test_only_declared_parts_are_loaded() -> None:
    with pytest.raises(ValueError, match="not in DEMO_LOADERS"):
        part_load(path=BROKEN)


@pytest.mark.django_db
def test_the_values_come_last() -> None:
    assert unloaded_parts() == [PART, VALUES]


def test_the_command_refuses_outside_demo_mode(settings: LazySettings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="make demo"):
        call_command("demo")
    settings.DEMO, settings.PRODUCTION = True, True
    with pytest.raises(CommandError, match="make demo"):
        call_command("demo")


def test_nothing_is_thrown_away_on_servers_that_are_not_the_demo_s(settings: LazySettings) -> None:
    settings.DEMO, settings.DATABASE_URL = True, "postgresql://tenure@192.0.2.1/tenure"
    with pytest.raises(ImproperlyConfigured, match="Only the servers of the demo"):
        forget_everything()
