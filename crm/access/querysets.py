"""`visible_to`: the one gate that every queryset passes before it leaves a selector."""

from typing import Any, Self, TypeVar, cast

from django.db import models
from django.db.models import Q

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.staff.models import User

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class Unowned:
    """What access asks of a row, answered for all rows of a model without owner and team."""

    owner_id: Any = None
    team_id: Any = None


class AccessQuerySet(models.QuerySet[M_co]):
    """For models that declare `access_object` ("sales.order") or `access_parent` (name of the key to the parent)."""

    def visible_to(self, user: User, action: str = "view") -> Self:
        """The rows this person may do `action` with."""
        return self.in_reach(user, action).told_to(user)

    def told_to(self, user: User) -> Self:
        """Without the rows that speak of something the person may not see, for models that have such rows."""
        return self

    def in_reach(self, user: User, action: str) -> Self:
        """The rows that the person's roles reach, by owner and team."""
        parent = getattr(self.model, "access_parent", None)
        if parent is not None:
            return self._visible_by_parent(user, action, parent)
        scope = grants(user).scope(self.access_object, action)
        if scope is Scope.ALL:
            return self
        if scope is Scope.NONE:
            return self.none()
        return self.filter(scope_condition(user, scope))

    @property
    def access_object(self) -> str:
        return cast(str, cast(Any, self.model).access_object)

    def _visible_by_parent(self, user: User, action: str, parent: str) -> Self:
        model = cast(Any, self.model._meta.get_field(parent).related_model)
        scope = grants(user).scope(model.access_object, action)
        if scope is Scope.ALL:
            return self
        if scope is Scope.NONE or issubclass(model, Unowned):
            return self.none()
        return self.filter(scope_condition(user, scope, prefix=f"{parent}__"))


def judged_by(model: Any) -> tuple[str, str]:
    """(access object, path before owner and team): those of the parent for a child that is judged by it."""
    parent = getattr(model, "access_parent", None)
    own = getattr(model, "access_object", "")
    if parent is None or (own and hasattr(model, "owner_id")):
        return own, ""
    return model._meta.get_field(parent).related_model.access_object, f"{parent}__"


def principals(user: User, scope: Scope, prefix: str = "") -> list[Q]:
    """One condition per owner or team through which rows are visible; each is served by an index of its own."""
    return [
        Q(**{f"{prefix}owner_id": user.pk}),
        *(Q(**{f"{prefix}team_id": pk}) for pk in sorted(grants(user).teams(scope))),
    ]


def scope_condition(user: User, scope: Scope, prefix: str = "") -> Q:
    condition = Q(**{f"{prefix}owner_id": user.pk})
    teams = grants(user).teams(scope)
    return condition | Q(**{f"{prefix}team_id__in": sorted(teams)}) if teams else condition
