"""Naming colleagues in a text: who is meant, whether they may see it, and telling them."""

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from crm.access.grants import warm_grants
from crm.notifications.kinds import MENTION
from crm.notifications.mentions import tokenised
from crm.notifications.models import Follow
from crm.notifications.naming import can_view
from crm.notifications.records import declared, parent_key, type_of
from crm.notifications.services.notify import notify
from crm.staff.models import User
from crm.staff.selectors import colleagues


def with_mentions(text: str, chosen: Iterable[int] = ()) -> str:
    """The text as it is kept, with every “@Name” of a colleague as a token; no query without an @."""
    if "@" not in text:
        return text
    return tokenised(text, dict(colleagues().values_list("pk", "name")), chosen)


def mentions_check(pks: Collection[int], records: Iterable[models.Model], field: str) -> None:
    """Raises ValidationError at the field when somebody is named who may not see one of the records."""
    users = list(User.objects.filter(pk__in=pks, is_active=True).order_by("name")) if pks else []
    warm_grants(users) if users else None
    blind = [user.name for user in users if not all(can_view(user, obj) for obj in records)]
    if blind:
        text = _("%(names)s may not see this record. Take the name out, or give them access first.")
        raise ValidationError({field: text % {"names": ", ".join(blind)}})


def mentions_tell(*, actor: User, pks: Collection[int], obj: Any, text: str, detail: str) -> None:
    """Tell those named in `obj`, and let them follow the record that it hangs on (or itself)."""
    told = declared(type_of(obj))
    if told is None or not pks:
        return
    object_type, pk = parent_key(obj) or (type_of(obj), obj.pk)
    above = declared(object_type)
    for user in User.objects.filter(pk__in=pks, is_active=True).exclude(pk=actor.pk).order_by("pk"):
        if above and above.can_follow:
            Follow.objects.get_or_create(user=user, object_type=object_type, object_id=pk)
        notify(user=user, kind=MENTION, text=text, detail=detail, url=told.url(obj), obj=obj, actor=actor)
