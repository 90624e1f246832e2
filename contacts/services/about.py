"""What an entry, a task or a file speaks of beside its customer."""

from collections.abc import Mapping
from typing import Any, cast

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _

from contacts.models import Customer
from contacts.models.about import About
from crm.lists.filters import readable_id
from crm.staff.models import User


def about(obj: models.Model | None) -> dict[str, Any]:
    """The two columns that say it."""
    return {"object_type": obj._meta.label_lower if obj else "", "object_id": obj.pk if obj else None}


def about_model(label: str) -> Any:
    """The model of a label in lower case. Raises ValidationError for one that nothing speaks of."""
    known = {name.lower(): name for name in settings.TIMELINE_OBJECTS}
    if label not in known:
        raise ValidationError({"object_type": _("Nothing can be said about a record of this kind.")})
    return apps.get_model(known[label])


def about_of(row: About) -> models.Model | None:
    """The record that the row speaks of, whoever may see it."""
    if not row.object_type:
        return None
    found = about_model(row.object_type)._base_manager.filter(pk=row.object_id).first()
    return cast(models.Model | None, found)


def about_named(user: User, text: str) -> models.Model | None:
    """The record that a form names as `sales.deal:7`. Raises Http404 for one that its sender may not see."""
    label, _mark, pk = text.partition(":")
    if not label:
        return None
    try:
        rows = about_model(label)._default_manager.visible_to(user)
    except ValidationError as fault:
        raise Http404 from fault
    found = rows.filter(pk=int(pk)).first() if readable_id(pk) else None
    if found is None:
        raise Http404
    return cast(models.Model, found)


def about_check(actor: User, values: Mapping[str, Any], customer: Customer | None) -> models.Model | None:
    """The record that is spoken of. Raises Http404 for one the writer may not see, or of another customer."""
    if not values.get("object_type"):
        return None
    rows = about_model(values["object_type"])._default_manager.visible_to(actor)
    found = rows.filter(pk=values.get("object_id") or 0).first()
    if found is None or getattr(found, "customer_id", None) != (customer.pk if customer else None):
        raise Http404
    return cast(models.Model, found)
