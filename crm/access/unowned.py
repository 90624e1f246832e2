"""Rows of the whole company, such as settings: they belong to nobody."""

from typing import Self, TypeVar

from django.db import models

from crm.access.grants import grants
from crm.access.querysets import AccessQuerySet, Unowned
from crm.access.scopes import Scope
from crm.staff.models import User

__all__ = ["Unowned", "UnownedQuerySet"]

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class UnownedQuerySet(AccessQuerySet[M_co]):
    def visible_to(self, user: User, action: str = "view") -> Self:
        """A scope narrower than all reaches none."""
        reaches_all = grants(user).scope(self.access_object, action) is Scope.ALL
        return self if reaches_all else self.none()
