"""The Celery application: two tasks in all, `run_job` and `sweep` (crm/jobs/tasks.py)."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

from crm import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

embedded.ensure_needed(settings.VAR_DIR)

app = Celery("tenure")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = ["crm.jobs.celery_tasks"]
BEAT_JOBS: dict[str, dict[str, str | int]] = settings.BEAT_JOBS
app.conf.beat_schedule = {
    "sweep": {"task": "crm.jobs.sweep", "schedule": 10.0, "options": {"expires": 10}},
    **{
        name: {"task": "crm.jobs.enqueue_scheduled", "args": [name], "schedule": crontab(**when)}
        for name, when in BEAT_JOBS.items()
    },
}
