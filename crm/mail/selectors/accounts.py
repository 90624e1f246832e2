"""Reading mail accounts and what is held in quarantine."""

from crm.access.querysets import AccessQuerySet
from crm.access.services import find
from crm.mail.choices import RawState
from crm.mail.models import MailAccount, RawMail
from crm.staff.models import User


def accounts(user: User) -> AccessQuerySet[MailAccount]:
    return MailAccount.objects.visible_to(user)


def account_find(user: User, pk: int) -> MailAccount:
    """Raises Http404 for the invisible."""
    return find(MailAccount.objects.all(), user, pk)


def held_mails(user: User) -> AccessQuerySet[RawMail]:
    """Quarantine, without the bytes."""
    held = RawMail.objects.filter(state=RawState.QUARANTINED)
    return held.visible_to(user).select_related("account").defer("content")


def held_find(user: User, pk: int) -> RawMail:
    """Raises Http404 for the invisible and for what is not held."""
    return find(RawMail.objects.filter(state=RawState.QUARANTINED).select_related("account"), user, pk)
