"""The company that runs this installation: one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Company(models.Model):
    """Name, currency and calendar of the company; a single row with id 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=150)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    country = models.CharField(_("country"), max_length=2, default="US")

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="company_is_one_row"),)

    def __str__(self) -> str:
        return self.name
