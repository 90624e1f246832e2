"""Reading the ledger of mails that the program sends."""

from crm.access.querysets import AccessQuerySet
from crm.access.services import find
from crm.mail.models import OutgoingMail
from crm.staff.models import User


def outgoing(user: User) -> AccessQuerySet[OutgoingMail]:
    return OutgoingMail.objects.visible_to(user).defer("text", "html")


def outgoing_find(user: User, pk: int) -> OutgoingMail:
    """Raises Http404 for the invisible."""
    return find(OutgoingMail.objects.select_related("actor"), user, pk)
