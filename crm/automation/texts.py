"""Texts of actions with fields of the record: what can be named, and its values for many records in one query."""

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from liquid.exceptions import LiquidError

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.fields.catalogue import fields_for
from crm.fields.declaration import Field
from crm.fields.names import names_of
from crm.fields.shown import shower
from crm.mail.liquid import LiquidProblem, check, compiled, dotted, render
from crm.records.kinds import Kind, kinds
from crm.staff.models import User

PREFIX = "record."


def text_fields(kind: Kind, user: User) -> dict[str, Field]:
    """By the name a text uses: what the owner may know of any record of the kind."""
    return {
        f"{PREFIX}{field.key}": field
        for field in fields_for(kind.key, user).values()
        if not field.many and knows_all(user, field)
    }


def knows_all(user: User, field: Field) -> bool:
    """A field known through another record is offered to those who see all of these; names are hidden one by one."""
    if not field.through or field.is_keyed:
        return True
    return grants(user).scope(kinds()[field.through_kind].key, "view") is Scope.ALL


def text_names(kind: Kind, user: User) -> list[str]:
    return [*text_fields(kind, user), f"{PREFIX}url"]


def text_problem(kind: Kind, user: User, *sources: str) -> str:
    """What is wrong with a text, empty for nothing."""
    try:
        for source in sources:
            check(source, text_names(kind, user))
    except LiquidProblem as fault:
        return str(fault)
    return ""


def text_values(
    kind: Kind, user: User, pks: Collection[int], sources: Collection[str]
) -> dict[int, dict[str, Any]]:
    """What the texts may name, by record: only the fields they do name are read."""
    known = text_fields(kind, user)
    fields = [known[name] for name in named(sources) if name in known]
    rows = kind.model._default_manager.filter(pk__in=pks)
    read = list(rows.values_list("pk", *(field.orm for field in fields)))
    columns = [
        column_texts(user, field, [row[1 + place] for row in read]) for place, field in enumerate(fields)
    ]
    found = {}
    for number, row in enumerate(read):
        values: dict[str, Any] = {"url": address(kind, row[0])}
        for field, column in zip(fields, columns, strict=True):
            put(values, field.key.split("."), column[number])
        found[row[0]] = values
    return found


def named(sources: Collection[str]) -> list[str]:
    names: set[str] = set()
    for source in sources:
        try:
            names |= {dotted(path) for path in compiled(source, html=False).global_variable_paths()}
        except (LiquidError, RecursionError) as fault:
            raise LiquidProblem(str(fault)) from fault
    return sorted(names)


def column_texts(user: User, field: Field, values: list[Any]) -> list[str]:
    if field.is_keyed:
        names = names_of(field, user, {value for value in values if value is not None})
        return [names.get(value, "") for value in values]
    show = shower(field)
    return ["" if value in (None, "", []) else show(value) for value in values]


def put(values: dict[str, Any], path: list[str], text: str) -> None:
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = text


def address(kind: Kind, pk: int) -> str:
    return f"{settings.SITE_URL}{kind.url(pk)}" if kind.record_url else settings.SITE_URL


def rendered(source: str, values: Mapping[str, Any]) -> str:
    return render(source, {"record": values}).strip()


def hint(kind: Kind, user: User) -> str:
    """What a text of this kind may name, for the help below its control."""
    names = [f"{{{{ {name} }}}}" for name in text_names(kind, user) if ".custom." not in name]
    return _("Fields of the record may stand in it: %s and others.") % ", ".join(names[:3] + names[-1:])
