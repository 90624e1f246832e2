"""The catalogue of permissions, collected from settings.ACCESS_OBJECTS; an unknown permission string raises."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject, FieldGroup, Permission

OBJECTS = (
    AccessObject("company.company", _("Company settings"), ("view", "edit"), owned=False),
    AccessObject("money.rate", _("Exchange rates"), ("view", "edit"), {"paste": "edit"}, owned=False),
    AccessObject(
        "staff.user",
        _("People"),
        ("view", "create", "edit"),
        {"invite": "create", "deactivate": "edit", "reactivate": "edit"},
        owned=False,
    ),
    AccessObject("staff.team", _("Teams"), ("view", "create", "edit", "delete"), owned=False),
    AccessObject(
        "access.role",
        _("Roles"),
        ("view", "create", "edit", "delete"),
        {"preview": "edit"},
        owned=False,
    ),
    AccessObject("audit.entry", _("Audit trail"), ("view", "export"), owned=False),
    AccessObject(
        "jobs.job", _("Jobs of everybody"), ("view", "edit"), {"cancel": "edit", "retry": "edit"}, owned=False
    ),
    AccessObject("health.system", _("System health"), ("view",), owned=False),
    AccessObject("imports.import", _("Imports"), ("view", "create"), {"undo": "create"}),
    AccessObject("lists.view", _("Views shared with others"), ("create", "edit"), owned=False),
)
FIELD_GROUPS = (
    FieldGroup("finance", _("Finance"), _("Prices, costs and margins.")),
    FieldGroup("privacy", _("Privacy"), _("Consents and what people would rather not share.")),
)


@cache
def field_groups() -> dict[str, FieldGroup]:
    return {item.name: item for path in settings.FIELD_GROUPS for item in import_string(path)}


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
