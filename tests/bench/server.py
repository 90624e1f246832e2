"""The program as it is served, and beside it the page floor."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

from crm.wsgi import application  # noqa: E402

__all__ = ["application"]
