"""The names of rows that a field points to, as far as the reader may know them."""

from typing import Any

from crm.fields.declaration import Field
from crm.fields.types import FieldType
from crm.records.kinds import kinds
from crm.staff.models import Team, User


def names_of(field: Field, user: User, keys: set[Any]) -> dict[int, str]:
    """By key: colleagues and teams are known to all, records to those who may see them."""
    if not keys:
        return {}
    if field.type is FieldType.PERSON:
        return dict(User.objects.filter(pk__in=keys).values_list("pk", "name"))
    if field.type is FieldType.TEAM:
        return dict(Team.objects.filter(pk__in=keys).values_list("pk", "name"))
    kind = kinds()[field.through_kind]
    title = next(item for item in kind.fields if item.key == kind.title)
    return dict(kind.model._default_manager.visible_to(user).filter(pk__in=keys).values_list("pk", title.orm))  # type: ignore[attr-defined]
