"""Roles: a matrix of object x action -> scope, and who holds them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.records.models import Versioned
from crm.texts import visible


class Role(Versioned):
    """`matrix` is {"sales.order": {"view": "all", "edit": "team"}}; `field_groups` {"finance": "hidden|read|edit"}."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100, validators=[visible])
    matrix = models.JSONField(default=dict)
    field_groups = models.JSONField(default=dict)
    users = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="roles", blank=True)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("name",)

    def __str__(self) -> str:
        return self.name
