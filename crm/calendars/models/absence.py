"""Out of office: from day to day, who stands in, and what colleagues should know."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.records.models import Owned


class Absence(Owned):
    """`owner` is away on all days from `starts_on` to `ends_on`, both included, in their own time zone."""

    access_object = "calendars.absence"

    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("substitute"),
        db_index=False,
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects: ClassVar[AccessQuerySet["Absence"]] = AccessQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (
            models.Index(fields=("ends_on", "starts_on"), name="absence_by_day"),
            models.Index(fields=("owner", "ends_on"), name="absence_of_person"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="absence_ends_later"
            ),
        )

    def __str__(self) -> str:
        return f"{self.owner}: {self.starts_on} – {self.ends_on}"
