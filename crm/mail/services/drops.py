"""The secret addresses that people send copies to: who knows one, and whose it is, can write in that name."""

from django.db import transaction
from django.db.models import F

from crm.audit.services import record
from crm.mail.models import DropAddress
from crm.staff.models import User


def drop_number(user: User) -> int:
    """Which of the person's addresses holds."""
    return DropAddress.objects.filter(user=user).values_list("number", flat=True).first() or 0


@transaction.atomic
def drop_renew(*, actor: User) -> DropAddress:
    """Another address of one's own from now on; mails to the one before are believed no more."""
    row, _new = DropAddress.objects.get_or_create(user=actor)
    DropAddress.objects.filter(pk=row.pk).update(number=F("number") + 1)
    record(actor=actor, action="mail.dropaddress.renew", obj=row)
    return row
