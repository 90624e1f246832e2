"""Making and revoking tokens; each person their own."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.api.models import ApiRequest, ApiToken
from crm.api.scopes import READ, WRITE, scope_objects
from crm.api.tokens import new_token
from crm.audit.services import record
from crm.staff.models import User

MOST_TOKENS = 50
ANSWERS_KEPT = timedelta(hours=24)


@transaction.atomic
def token_create(
    *,
    actor: User,
    name: str,
    scopes: Mapping[str, str],
    is_everything: bool = False,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A token of the actor and its text, which nobody can read again. Raises ValidationError."""
    check_scopes(scopes, is_everything=is_everything)
    live = ApiToken.objects.filter(user=actor, revoked_at=None).count()
    if live >= MOST_TOKENS:
        raise ValidationError(_("You have %d tokens. Revoke some first.") % live)
    new = new_token()
    token = ApiToken.objects.create(
        user=actor,
        name=name,
        prefix=new.prefix,
        digest=new.digest,
        is_everything=is_everything,
        scopes={} if is_everything else dict(scopes),
        expires_at=expires_at,
    )
    told = {"name": name, "scopes": "everything" if is_everything else dict(scopes), "expires_at": expires_at}
    record(actor=actor, action="api.token.create", obj=token, after=told)
    return token, new.text


def check_scopes(scopes: Mapping[str, str], *, is_everything: bool) -> None:
    known = scope_objects()
    if any(name not in known or level not in (READ, WRITE) for name, level in scopes.items()):
        raise ValidationError(_("There is no such scope."))
    if not scopes and not is_everything:
        raise ValidationError(_("Choose what the token may do."))


@transaction.atomic
def token_revoke(*, actor: User, token: ApiToken) -> ApiToken:
    """From now on the token opens nothing. Revoked twice is revoked once."""
    if token.user_id != actor.pk:
        raise Http404
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(actor=actor, action="api.token.revoke", obj=token, before={"name": token.name})
    return token


def requests_sweep() -> int:
    """Forget answers that nobody will ask for again; return how many."""
    old = ApiRequest.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT)
    return old.delete()[0]
