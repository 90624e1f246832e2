from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from crm.api.models import ApiToken
from crm.api.tokens import prefix_of, proves
from crm.staff.models import User

USED_EVERY = timedelta(minutes=1)


def tokens(user: User) -> QuerySet[ApiToken]:
    """The person's own; nobody sees those of others."""
    return ApiToken.objects.filter(user=user)


def token_of(text: str) -> ApiToken | None:
    """The live token of a live person with this text."""
    prefix = prefix_of(text)
    found = ApiToken.objects.select_related("user").filter(prefix=prefix).first() if prefix else None
    if found is None or not proves(text, found.digest):
        return None
    return found if found.is_live and found.user.is_active else None


def token_again(pk: int) -> ApiToken | None:
    """The same token, read anew inside the transaction that is about to write."""
    found = ApiToken.objects.select_related("user").filter(pk=pk).first()
    return found if found and found.is_live and found.user.is_active else None


def note_use(token: ApiToken) -> None:
    """At most once a minute."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
