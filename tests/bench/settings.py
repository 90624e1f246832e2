from crm.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
