"""Tags of crm.notifications that a record's page needs: {% load notifications %}."""

from typing import Any

from django import template
from django.db.models import Model

from crm.notifications.records import type_of
from crm.notifications.selectors import follows

register = template.Library()


@register.inclusion_tag("notifications/follow.html", takes_context=True)
def follow_button(context: template.Context, obj: Model) -> dict[str, Any]:
    """Follow this record or no longer; one query."""
    object_type, user = type_of(obj), context["user"]
    return {
        "object_type": object_type,
        "object_id": obj.pk,
        "is_following": follows(user, object_type, obj.pk),
        "csrf_token": context.get("csrf_token"),
    }
