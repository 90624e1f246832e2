"""Asking for a learning now; the learning itself needs NumPy and is done by a worker (win_refresh)."""

from django.db import transaction

from crm.access.services import require
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.staff.models import User


@transaction.atomic
def win_model_refresh_ask(*, actor: User) -> Job:
    require(actor, "sales.edit_pipeline")
    return enqueue("sales.win_model_refresh", actor=actor)
