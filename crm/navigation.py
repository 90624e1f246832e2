"""The navigation: entries of all apps in the order of settings.NAVIGATION, each shown only to those who may enter."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from crm.access.services import allowed
from crm.staff.models import User


@dataclass(frozen=True)
class Entry:
    """One place to go: `url` is a URL name, `shortcut` the key after `g`."""

    key: str
    label: str | Promise
    url: str
    icon: str
    permission: str | None = None
    shortcut: str = ""


HOME = (Entry("home", _("Home"), "home", icon="house", permission=None, shortcut="h"),)
ADMINISTRATION = (
    Entry("imports", _("Imports"), "imports:list", icon="upload", permission="imports.view_import"),
)


@cache
def entries(setting: str) -> tuple[Entry, ...]:
    return tuple(entry for path in getattr(settings, setting) for entry in import_string(path))


def allowed_entries(user: User, setting: str) -> Iterator[Entry]:
    for entry in entries(setting):
        if entry.permission is None or allowed(user, entry.permission):
            yield entry


def create_actions(user: User) -> list[dict[str, object]]:
    """What this person may create, wherever they are: the palette offers it, and `c` begins with the first."""
    return [
        {"label": entry.label, "url": reverse(entry.url), "icon": entry.icon}
        for entry in allowed_entries(user, "CREATE_ACTIONS")
    ]


def navigation(user: User, path: str) -> Iterator[dict[str, object]]:
    """The entries this person may enter; the one whose address begins the current path is active."""
    for entry in allowed_entries(user, "NAVIGATION"):
        url = reverse(entry.url)
        active = path == url if url == "/" else path.startswith(url)
        yield {
            "key": entry.key,
            "label": entry.label,
            "url": url,
            "icon": entry.icon,
            "shortcut": entry.shortcut,
            "active": active,
        }
