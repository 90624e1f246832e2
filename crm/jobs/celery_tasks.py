"""The only Celery tasks there are."""

from crm.celery import app
from crm.jobs import services
from crm.jobs.pulse import WORKER, beat_pulse, pulse


@app.task(name="crm.jobs.run_job")
def run_job(pk: int) -> None:
    pulse(WORKER)
    services.run(pk)


@app.task(name="crm.jobs.sweep")
def sweep() -> None:
    beat_pulse()
    services.sweep()


@app.task(name="crm.jobs.enqueue_scheduled")
def enqueue_scheduled(name: str) -> None:
    services.enqueue(name)
