"""What people can be told of: every app declares its kinds in settings.NOTIFICATION_KINDS."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from crm.access.services import allowed
from crm.notifications.choices import Mail
from crm.staff.models import User


@dataclass(frozen=True)
class NotificationKind:
    """`default_mail` and `default_bell` hold for whoever chose nothing at /settings/notifications/.

    Only holders of `permission` are ever told, so only they are asked; None means everybody.
    """

    key: str
    label: str | Promise
    hint: str | Promise
    icon: str
    default_mail: str = "digest"
    default_bell: bool = True
    permission: str | None = None


MENTION, ASSIGNED, FOLLOWED, JOB = "mention", "assigned", "followed", "job"
KINDS = (
    NotificationKind(
        MENTION,
        _("Mentions"),
        _("Somebody names you with @ in a note, a call, a meeting or a task."),
        icon="at-sign",
        default_mail=Mail.NOW,
    ),
    NotificationKind(
        ASSIGNED, _("Assignments"), _("Somebody gives you a customer, a task or an order."), icon="user-check"
    ),
    NotificationKind(
        FOLLOWED, _("Records you follow"), _("Somebody else changes a record that you follow."), icon="eye"
    ),
    NotificationKind(
        JOB,
        _("Finished work"),
        _("An import or another long piece of work that you started has ended."),
        icon="list-checks",
        default_mail=Mail.OFF,
    ),
)


@cache
def kinds() -> dict[str, NotificationKind]:
    return {kind.key: kind for path in settings.NOTIFICATION_KINDS for kind in import_string(path)}


def kinds_for(user: User) -> dict[str, NotificationKind]:
    """What this person can be told of."""
    return {
        key: kind
        for key, kind in kinds().items()
        if kind.permission is None or allowed(user, kind.permission)
    }


def kind_of(key: str) -> NotificationKind:
    """Raises LookupError for a kind that nobody declared."""
    found = kinds().get(key)
    if found is None:
        raise LookupError(f"{key}: no such kind is declared in NOTIFICATION_KINDS")
    return found
