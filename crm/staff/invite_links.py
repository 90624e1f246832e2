"""The link of an invitation: the row's key and its nonce, signed; the row says whether it is still good."""

from django.core import signing
from django.urls import reverse

from crm.staff.models import Invite

SALT = "crm.staff.invite"


def accept_path(invite: Invite) -> str:
    token = signing.dumps([invite.pk, invite.nonce], salt=SALT)
    return reverse("staff-invite-accept", args=[token])


def read_token(token: str) -> tuple[Invite, str] | None:
    """(invitation, nonce of the link); None for what we did not sign."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Invite.objects.filter(pk=pk).first()
    return (found, nonce) if found else None
