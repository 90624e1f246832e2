"""The properties of a record in the groups of its layout."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm.fields.catalogue import fields_for
from crm.layouts.arrangement import Arrangement, Group
from crm.layouts.selectors import layout_for
from crm.lists.properties import properties_of
from crm.records.kinds import Kind
from crm.records.properties import Property, PropertyGroup, PropertyRun
from crm.staff.models import User

Made = Mapping[str, Property | PropertyRun]


def laid_out(kind: Kind, user: User, obj: Any) -> list[PropertyGroup]:
    """The properties of a record by declaration: those that are shown are read, and no others."""
    layout = layout_for(kind, user)
    known = fields_for(kind.key, user)
    named = (*(key for group in layout.groups for key in group.fields), *layout.rest)
    fields = [known[key] for key in named]
    made = properties_of(kind, user, obj, fields)
    return property_runs(layout, {field.key: item for field, item in zip(fields, made, strict=True)})


def property_runs(layout: Arrangement, made: Made) -> list[PropertyGroup]:
    """`made` are the properties and blocks by key; what a record does not have is left out, and so are empty groups."""
    groups = [*layout.groups, Group(_("More"), layout.rest)]
    found = [PropertyGroup(group.title, runs_of(group, made), group.is_folded) for group in groups]
    return [group for group in found if group.runs]


def runs_of(group: Group, made: Made) -> list[PropertyRun]:
    """A block stands between two lists of properties."""
    runs: list[PropertyRun] = []
    for key in group.fields:
        item = made.get(key)
        if isinstance(item, PropertyRun):
            runs.append(item)
        elif item is not None and runs and not runs[-1].block:
            runs[-1].properties.append(item)
        elif item is not None:
            runs.append(PropertyRun([item]))
    return runs
