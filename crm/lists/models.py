"""Saved views of lists, and how each person has arranged them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.models import Role
from crm.records.models import SoftDeleted, Versioned


class View(Versioned, SoftDeleted):
    """A list under a name: which records (`rule` and the quick filters in `params`), in which columns, how sorted.

    `params` holds parameters of the list's address; `columns` is [[field, width], ...]. A view grants nothing: who
    opens it sees the records and columns that they may see.
    """

    class Share(models.TextChoices):
        PRIVATE = "private", _("Only me")
        TEAM = "team", _("My team")
        EVERYONE = "everyone", _("Everyone")

    kind = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    share = models.CharField(_("who sees it"), max_length=10, choices=Share, default=Share.PRIVATE)
    team = models.ForeignKey(
        "staff.Team",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
    )
    params = models.JSONField(default=dict)
    rule = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    pinned_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="pinned_views", blank=True)

    class Meta:
        indexes = (models.Index(fields=("kind", "owner"), name="view_of_owner"),)

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a list opens, for the holders of a role or for one person."""

    kind = models.CharField(max_length=60)
    view = models.ForeignKey(View, on_delete=models.CASCADE, related_name="defaults")
    role = models.ForeignKey(Role, on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=("user", "kind"), name="default_view_of_user"),
            models.UniqueConstraint(fields=("role", "kind"), name="default_view_of_role"),
            models.CheckConstraint(
                condition=models.Q(role=None) ^ models.Q(user=None), name="default_view_of_one"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.view_id}"


class Arrangement(models.Model):
    """The columns that one person has chosen for a list or a view, and how wide they are: [[field, width], ...]."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=60)
    view = models.ForeignKey(View, on_delete=models.CASCADE, null=True, related_name="+")
    columns = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "kind", "view"), name="arrangement_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.view_id or ''}"
