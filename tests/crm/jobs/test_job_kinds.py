"""Every job of the program is described in words, so that the page of jobs reads plainly."""

import inspect
from importlib import import_module

import pytest
from django.apps import apps
from django.utils.module_loading import module_has_submodule

from crm.jobs.kinds import job_kinds
from crm.jobs.models import Job


def job_names() -> list[str]:
    """What enqueue() may name: functions of an app's tasks that take a job and say what came of it."""
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith("tests.") or not module_has_submodule(config.module, "tasks"):
            continue
        module = import_module(f"{config.name}.tasks")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            signature = inspect.signature(function)
            takes = [parameter.annotation for parameter in signature.parameters.values()]
            says = signature.return_annotation
            if function.__module__ == module.__name__ and takes == [Job] and "dict" in str(says or "dict"):
                found.append(f"{config.label}.{name}")
    return found


@pytest.mark.parametrize("name", job_names())
def test_a_job_has_words(name: str) -> None:
    assert name in job_kinds()


def test_a_change_of_many_records_can_be_stopped() -> None:
    assert job_kinds()["bulk.run"].can_cancel
    assert len(job_names()) > 15
