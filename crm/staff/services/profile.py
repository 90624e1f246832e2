"""What people change about themselves."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from crm.records.services import write_changes
from crm.staff.models import User


@transaction.atomic
def profile_edit(*, actor: User, values: Mapping[str, Any]) -> User:
    """Name, time zone and keyboard of the person who asks."""
    obj = User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    return write_changes(actor=actor, obj=obj, values=values, version=None, action="staff.user.edit")
