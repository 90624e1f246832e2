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
    also: tuple[str, ...] = ()  # further addresses that belong to the entry


@dataclass(frozen=True)
class SettingsEntry:
    """A page of the settings: `url` is a URL name, `permission` None means everybody; `hint` is one line about it."""

    key: str
    label: str | Promise
    url: str
    icon: str
    permission: str | None
    group: str  # a key of SETTINGS_GROUPS
    hint: str | Promise


SETTINGS_GROUPS: dict[str, tuple[str | Promise, str | Promise]] = {
    "personal": (_("You"), _("Your own account; nobody else is affected.")),
    "company": (_("Company"), _("What holds for the whole company.")),
    "people": (_("People and access"), _("Who works here, in which teams, and what each may see and do.")),
    "records": (_("Records"), _("What is kept about customers and everything that hangs on them.")),
    "communication": (_("Communication"), _("How the program reaches people, and when.")),
    "system": (_("System"), _("What the program did, what it is doing, and whether it is well.")),
}

HOME = (Entry("home", _("Home"), "home", icon="house", permission=None, shortcut="h"),)
ADMINISTRATION = (
    Entry(
        "automations",
        _("Automations"),
        "automation:list",
        icon="zap",
        permission="automation.view_automation",
    ),
    Entry("imports", _("Imports"), "imports:list", icon="upload", permission="imports.view_import"),
    Entry(
        "settings", _("Settings"), "settings:index", icon="settings", also=("/accounts/", "/audit/", "/jobs/")
    ),
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
        active = path == url if url == "/" else path.startswith((url, *entry.also))
        yield {
            "key": entry.key,
            "label": entry.label,
            "url": url,
            "icon": entry.icon,
            "shortcut": entry.shortcut,
            "active": active,
        }


def settings_groups(user: User, path: str) -> list[dict[str, object]]:
    """The groups of settings pages with the entries this person may enter; groups without any are left out."""
    found: dict[str, list[dict[str, object]]] = {key: [] for key in SETTINGS_GROUPS}
    declared: tuple[SettingsEntry, ...] = entries("SETTINGS_PAGES")  # type: ignore[assignment]
    for entry in declared:
        if entry.permission is None or allowed(user, entry.permission):
            url = reverse(entry.url)
            found[entry.group].append({"entry": entry, "url": url, "active": path.startswith(url)})
    return [
        {"key": key, "label": label, "hint": hint, "entries": found[key]}
        for key, (label, hint) in SETTINGS_GROUPS.items()
        if found[key]
    ]
