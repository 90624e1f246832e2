"""The catalogue of permissions, collected from settings.ACCESS_OBJECTS; an unknown permission string raises."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject, Permission

OBJECTS = (
    AccessObject("staff.user", _("Users and roles"), ("view", "create", "edit")),
    AccessObject("imports.import", _("Imports"), ("view", "create"), {"undo": "create"}),
    AccessObject("lists.view", _("Views shared with others"), ("create", "edit")),
    AccessObject("company.company", _("Company settings"), ("view", "edit")),
)


@cache
def catalogue() -> dict[str, AccessObject]:
    objects = (item for path in settings.ACCESS_OBJECTS for item in import_string(path))
    return {item.name: item for item in objects}


@cache
def read_permission(text: str) -> Permission:
    """`sales.cancel_order` -> Permission("sales.order", "edit"). Raises LookupError for what nobody declared."""
    app, _dot, rest = text.partition(".")
    verb, _underscore, kind = rest.partition("_")
    declared = catalogue().get(f"{app}.{kind}")
    if declared is None:
        raise LookupError(f"{text}: no object {app}.{kind} is declared in ACCESS_OBJECTS")
    action = declared.verbs.get(verb, verb)
    if action not in declared.actions:
        raise LookupError(f"{text}: {declared.name} declares neither the action nor the verb {verb!r}")
    return Permission(declared.name, action)
