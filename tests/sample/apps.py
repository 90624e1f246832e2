from django.apps import AppConfig


class SampleConfig(AppConfig):
    """An application that only tests know."""

    name = "tests.sample"
    label = "sample"
