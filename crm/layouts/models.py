"""How administrators arranged the pages of records: for everybody, or for those who hold a role."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.records.models import SoftDeleted, Versioned


class RecordLayout(Versioned, SoftDeleted):
    """`properties` is {"groups": [{"title", "fields", "folded"}], "hidden": [keys]}.

    `tabs` and `panels` are {"shown": [keys], "hidden": [keys]}. One row for each kind and role (none: everybody), kept
    when the layout is reset, so that its history goes on.
    """

    kind = models.CharField(_("kind of record"), max_length=60)
    role = models.ForeignKey(
        "access.Role",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("role"),
    )
    properties = models.JSONField(_("properties"), default=dict)
    tabs = models.JSONField(_("tabs"), default=dict)
    panels = models.JSONField(_("panels"), default=dict)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("kind", "pk")
        constraints = (
            models.UniqueConstraint(fields=("kind", "role"), name="record_layout_once", nulls_distinct=False),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.role or gettext('everybody')}"
