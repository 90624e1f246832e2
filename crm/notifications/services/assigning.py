"""Telling people what others gave them."""

from django.db import models
from django.utils.translation import gettext as _

from crm.audit.models import AuditEntry
from crm.notifications.kinds import ASSIGNED
from crm.notifications.records import ToldRecord, declared, type_of
from crm.notifications.services.notify import notify
from crm.staff.models import User


def assignee_tell(entry: AuditEntry, obj: models.Model) -> None:
    """When the write named a new owner who is not its writer."""
    told, owner = declared(type_of(obj)), entry.after.get("owner")
    if told is None or not isinstance(owner, int) or owner in (entry.actor_id, entry.before.get("owner")):
        return
    user = User.objects.filter(pk=owner, is_active=True).first()
    if user is not None:
        notify(
            user=user,
            kind=ASSIGNED,
            text=assigned_text(told, obj),
            url=told.url(obj),
            obj=obj,
            actor=entry.actor,
        )


def assigned_text(told: ToldRecord, obj: models.Model) -> str:
    if not told.parent:
        return _("Assigned to you")
    return _("%(what)s assigned to you: %(title)s") % {"what": told.word(obj), "title": told.title(obj)}
