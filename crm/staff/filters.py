"""The filters of the list of people."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.models import Role
from crm.lists.filters import ListFilter, readable_id
from crm.staff.models import User
from crm.staff.selectors import team_tree

STATES = (
    ("active", gettext_lazy("Active")),
    ("deactivated", gettext_lazy("Deactivated")),
    ("never", gettext_lazy("Never signed in")),
)


def by_state(rows: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
    if value == "never":
        return rows.filter(last_login=None, is_active=True)
    return rows.filter(is_active=value == "active")


class MembershipFilter(django_filters.CharFilter):
    """The id of a team or role, or `none`."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return qs
        if value == "none":
            return qs.filter(**{self.field_name: None})
        return qs.filter(**{self.field_name: int(value)}) if readable_id(value) else qs.none()


class PeopleFilter(ListFilter):
    quick = ("team", "role", "state")

    q = django_filters.CharFilter(method="by_text")
    team = MembershipFilter("teams", label=gettext_lazy("Team"))
    role = MembershipFilter("roles", label=gettext_lazy("Role"))
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=STATES, method=by_state)

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[User], _name: str, value: str) -> QuerySet[User]:
        for word in value.split():
            rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
        return rows

    def options(self, name: str) -> list[tuple[str, Any]]:
        if name == "team":
            return [("none", _("No team")), *((str(node.team.pk), node.path) for node in team_tree())]
        if name == "role":
            roles = Role.objects.values_list("pk", "name")
            return [("none", _("No role")), *((str(pk), text) for pk, text in roles)]
        return super().options(name)
