"""The program as it is served, and beside it the page floor: a bare Django handler without middleware."""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from crm.wsgi import application as program

with override_settings(MIDDLEWARE=[]):
    bare = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = bare if environ["PATH_INFO"].startswith("/bench/") else program
    return handler(environ, start_response)
