"""The fictional company's past: what each customer was worth at the end of each of the last twelve months."""

from django.utils.module_loading import import_string


def load() -> None:
    """Named by path, so that naming the loader in the settings does not load SciPy."""
    import_string("analytics.services.history.past_months_fill")(months=12)
