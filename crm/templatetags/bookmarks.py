"""Tags of crm.bookmarks: the star of a record's page, and the favourites of the navigation."""

from typing import Any

from django import template
from django.db.models import Model

from crm.bookmarks.selectors import is_favourite
from crm.notifications.records import type_of

register = template.Library()


@register.inclusion_tag("bookmarks/star.html", takes_context=True)
def star_button(context: template.Context, obj: Model) -> dict[str, Any]:
    """The star, and the note that the record is looked at, by its reader and not through another's eyes."""
    object_type = type_of(obj)
    return {
        "object_type": object_type,
        "object_id": obj.pk,
        "is_favourite": is_favourite(context["user"], object_type, obj.pk),
        "is_visit": not context.get("preview"),
        "csrf_token": context.get("csrf_token"),
    }
