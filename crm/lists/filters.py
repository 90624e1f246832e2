"""Quick filters: a django-filter FilterSet that knows its reader and can describe itself to a template."""

from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.lists.days import MomentsFilter
from crm.staff.models import User
from crm.staff.selectors import colleagues


class ListFilter(django_filters.FilterSet):
    """Filters named in `quick` stand in the bar, those in `more` behind "More filters"; the others are reached by
    links (`?r=5&fm=4`). Every active one is said in words and can be taken away."""

    quick: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    #: the permission without which a filter of that name does not exist for the reader
    needs: Mapping[str, str] = {}
    user: User

    @classmethod
    def hidden_from(cls, user: User) -> set[str]:
        return {name for name, permission in cls.needs.items() if not allowed(user, permission)}

    def context(self) -> dict[str, Any]:
        """What the bar of a list shows of its filters."""
        return {
            "quick_filters": self.menus(self.quick),
            "more_filters": self.menus(self.more),
            "filter_chips": self.chips(),
            "filtered": self.is_filtered(),
        }

    def menus(self, names: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "label": str(self.filters[name].label),
                "value": self.data.get(name, ""),
                "text": self.text(name) if self.data.get(name) else "",
                "options": [(value, str(label)) for value, label in self.options(name) if value != ""],
            }
            for name in names
            if name in self.filters
        ]

    def chips(self) -> list[dict[str, Any]]:
        """The active filters that have no menu in the bar; `is_carried` by a hidden field when the form is sent."""
        return [
            {
                "name": name,
                "value": self.data[name],
                "text": self.text(name),
                "is_carried": name not in self.more,
            }
            for name in self.filters
            if name != "q" and name not in self.quick and self.data.get(name)
        ]

    def text(self, name: str) -> str:
        """An active filter in words: `Life cycle: Customer`."""
        return f"{self.filters[name].label}: {self.value_text(name)}"

    def value_text(self, name: str) -> str:
        value, found = str(self.data[name]), self.filters[name]
        if isinstance(found, IdFilter):
            return found.name_of(value)
        if isinstance(found, MomentsFilter):
            return found.text_of(value)
        known = {str(key): str(label) for key, label in self.options(name)}
        return known.get(value, value)

    def options(self, name: str) -> list[tuple[str, Any]]:
        return list(self.filters[name].extra.get("choices", ()))

    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    @property
    def qs(self) -> Any:
        """Filters whose value cannot be read leave no rows: an address never shows more than it asks for."""
        self.form.is_valid()
        if self.form.errors:
            return self.queryset.none()
        return super().qs


def readable_id(text: str) -> bool:
    """Whether the text can be the id of a row at all."""
    return text.isascii() and text.isdecimal() and len(text) < 19


class IdFilter(django_filters.CharFilter):
    """The id of a related record that the reader may see; anything else leaves no rows.

    `visible` gives the records a person may see.
    """

    def __init__(self, field_name: str, *, visible: Callable[[User], QuerySet[Any]]) -> None:
        super().__init__(field_name)
        self.visible = visible

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        return qs.filter(**{self.field_name: int(value)}) if self.record(value) else qs.none()

    def record(self, value: str) -> Any:
        """The record, if the reader may see it."""
        return self.visible(self.parent.user).filter(pk=int(value)).first() if readable_id(value) else None

    def name_of(self, value: str) -> str:
        found = self.record(value)
        return str(found) if found else _("unknown")


class OwnerFilter(django_filters.CharFilter):
    """`me`, `none` or the id of a colleague."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        if value == "none":
            return qs.filter(**{self.field_name: None})
        owner = str(self.parent.user.pk) if value == "me" else value
        return qs.filter(**{self.field_name: int(owner)}) if readable_id(owner) else qs.none()


def owner_options() -> list[tuple[str, str]]:
    people = [(str(pk), name) for pk, name in colleagues().values_list("pk", "name")]
    return [("me", _("Me")), ("none", _("Nobody")), *people]
