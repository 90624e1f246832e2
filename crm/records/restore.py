"""Setting a field of a record back to what its history says it was."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import Http404
from django.utils.translation import gettext as _

from crm.audit.models import AuditEntry
from crm.fields.catalogue import fields_for, may_edit, must_fill
from crm.fields.declaration import Field
from crm.fields.writing import instance
from crm.lists.reading import hidden_in
from crm.records.kinds import Kind
from crm.records.services import current
from crm.staff.models import User


def restorable(user: User, kind: Kind) -> dict[str, Field]:
    """The fields that this person may set back, by the name under which histories tell of them."""
    if kind.edit is None:
        return {}
    known = fields_for(kind.key, user).values()
    return {field.edit: field for field in known if may_edit(user, kind.key, field)}


@transaction.atomic
def field_restore(*, actor: User, kind: Kind, obj: Any, entry: AuditEntry, name: str) -> Any:
    """Write what the field was before the entry. Raises Http404, PermissionDenied, ValidationError, StaleRecord."""
    if (entry.object_type, entry.object_id) != (obj._meta.label_lower, obj.pk) or name not in entry.before:
        raise Http404
    field = restorable(actor, kind).get(name)
    if field is None or kind.edit is None:
        raise PermissionDenied
    if hidden_in(actor, kind, field, [obj.pk]):
        raise PermissionDenied
    value = instance(kind, field, entry.before[name])
    if field.is_keyed and value is None and entry.before[name] is not None:
        raise ValidationError(_("What stood there before is gone."))
    if value in (None, "", []) and must_fill(actor, kind.key, field):
        raise ValidationError(_("It must be filled in by now."))
    if same(current(obj, name), value):
        raise ValidationError(_("It is so already."))
    return kind.edit(actor=actor, obj=obj, values={name: value}, version=obj.version)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, models.Model) and isinstance(other, models.Model):
        return bool(one.pk == other.pk)
    return bool(one == other)
