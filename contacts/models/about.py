"""What hangs on a customer and speaks of another record: of an order, a deal."""

from functools import reduce
from operator import or_
from typing import Any, Self, TypeVar, cast

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from crm.access.grants import grants
from crm.access.querysets import AccessQuerySet
from crm.access.scopes import Scope
from crm.staff.models import User

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


def about_visible(user: User) -> Q:
    """Rows about nothing in particular, and those about records the person may see."""
    models_ = [cast(Any, apps.get_model(label)) for label in settings.TIMELINE_OBJECTS]
    is_open = {model: grants(user).scope(model.access_object, "view") is Scope.ALL for model in models_}
    told = ["", *(model._meta.label_lower for model in models_ if is_open[model])]
    judged = (
        Q(
            object_type=model._meta.label_lower,
            object_id__in=model._default_manager.visible_to(user).values("pk"),
        )
        for model in models_
        if not is_open[model]
    )
    return reduce(or_, judged, Q(object_type__in=told))


class AboutQuerySet(AccessQuerySet[M_co]):
    """Whoever may not see the record that a row speaks of does not see the row, wherever it is read."""

    def told_to(self, user: User) -> Self:
        return self.filter(about_visible(user))


class About(models.Model):
    """A row that may speak of another record: its label (settings.TIMELINE_OBJECTS, in lower case) and its key."""

    object_type = models.CharField(max_length=40, blank=True, default="", editable=False)
    object_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True
        indexes = (
            models.Index(
                fields=("object_type", "object_id"), name="%(class)s_about", condition=~Q(object_type="")
            ),
        )
