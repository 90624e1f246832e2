"""Quick filters: a django-filter FilterSet that knows its reader and can describe itself to a template."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.staff.models import User
from crm.staff.selectors import colleagues


class ListFilter(django_filters.FilterSet):
    """Filters named in `quick` stand in the bar; the others are reached by links (`?r=5&fm=4`)."""

    quick: tuple[str, ...] = ()
    user: User

    def quick_filters(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "label": str(self.filters[name].label),
                "value": self.data.get(name, ""),
                "options": [(value, str(label)) for value, label in self.options(name) if value != ""],
            }
            for name in self.quick
        ]

    def options(self, name: str) -> list[tuple[str, Any]]:
        return list(self.filters[name].extra["choices"])

    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    @property
    def qs(self) -> Any:
        """Filters whose value cannot be read leave no rows: an address never shows more than it asks for."""
        self.form.is_valid()
        if self.form.errors:
            return self.queryset.none()
        return super().qs


class OwnerFilter(django_filters.CharFilter):
    """`me`, `none` or the id of a colleague."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        if value == "none":
            return qs.filter(owner=None)
        owner = self.parent.user.pk if value == "me" else value
        return qs.filter(owner_id=owner) if str(owner).isdecimal() and len(str(owner)) < 19 else qs.none()


def owner_options() -> list[tuple[str, str]]:
    people = [(str(pk), name) for pk, name in colleagues().values_list("pk", "name")]
    return [("me", _("Me")), ("none", _("Nobody")), *people]
