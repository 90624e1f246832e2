"""Who may be named in a text: colleagues who may see what it is about."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db import models

from crm.access.grants import grants, warm_grants
from crm.notifications.records import declared
from crm.search.folding import fold
from crm.staff.models import User
from crm.staff.selectors import colleagues, default_team

MOST_SHOWN, AT_ONCE = 8, 25
MOST_BLIND = 3


def can_view(user: User, obj: Any) -> bool:
    """Also of a record that is not saved yet."""
    found = grants(user)
    return found.covers(found.scope(type(obj).access_object, "view"), obj)


def drafts(user: User, object_type: str) -> list[models.Model]:
    """The record that the text will be part of, as its writer would own it: a new task is seen by fewer."""
    if declared(object_type) is None:
        return []
    model: Any = apps.get_model(object_type)
    if not hasattr(model, "access_object"):
        return []
    return [model(owner=user, team=default_team(user))]


def named_like(text: str, users: Iterable[User]) -> list[User]:
    """Those with a word of their name, or their name, that begins with the text."""
    begins = fold(text).strip()
    return [
        user
        for user in users
        if (name := fold(user.name)).startswith(begins)
        or any(word.startswith(begins) for word in name.split())
    ]


def colleagues_for(user: User, text: str, records: Sequence[models.Model]) -> tuple[list[User], list[User]]:
    """(who may be named, who is called so too but may not see it all), as many as a menu shows."""
    found = [person for person in named_like(text, colleagues()) if person != user]
    people: list[User] = []
    blind: list[User] = []
    for start in range(0, len(found), AT_ONCE):
        chunk = found[start : start + AT_ONCE]
        warm_grants(chunk)
        for person in chunk:
            (people if all(can_view(person, obj) for obj in records) else blind).append(person)
        if len(people) >= MOST_SHOWN:
            break
    return people[:MOST_SHOWN], blind[:MOST_BLIND] if text.strip() else []
