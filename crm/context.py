"""What the frame around every page needs."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from crm.bookmarks.frame import frame
from crm.bookmarks.selectors import IN_NAVIGATION, favourites
from crm.company.selectors import company
from crm.navigation import create_actions, navigation, settings_groups
from crm.staff.models import User


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Navigation, company and the demo's sign-ins; fragments (htmx) have no frame and ask for nothing."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"demo_sign_in": settings.DEMO and settings.LOOPBACK, "company": company}
    if request.headers.get("HX-Request"):
        return {"company": company()}
    return {
        "nav": list(navigation(user, request.path)),
        "create_actions": create_actions(user),
        # called only by pages of the settings
        "settings_groups": partial(settings_groups, user, request.path),
        "company": company(),
        "preview": getattr(request, "preview", None),
        "nav_favourites": SimpleLazyObject(lambda: favourites(user, IN_NAVIGATION)),
        "bell_unread": SimpleLazyObject(lambda: frame(user).unread),
        "demo": settings.DEMO,
    }
