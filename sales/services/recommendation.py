"""Asking for recommendations, and offering them."""

from django.db import transaction

from crm.access.services import require
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.staff.models import User


@transaction.atomic
def recommendation_refresh_ask(*, actor: User) -> Job:
    """Have the recommendations computed now."""
    require(actor, "sales.edit_recommendation")
    return enqueue("sales.recommendation_refresh", actor=actor)
