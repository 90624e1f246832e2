"""The company that runs this installation: one row."""

import secrets

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.company.reading import DATE_CHOICES, NUMBER_CHOICES, WEEK_CHOICES
from crm.records.models import Versioned
from crm.texts import visible


def logo_path(instance: "Company", filename: str) -> str:
    """A new name for each logo, so that browsers may keep it for ever."""
    return f"company/{secrets.token_hex(12)}"


class Company(Versioned):
    """Name, currency and calendar of the company; a single row with id 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=150, validators=[visible])
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    country = models.CharField(_("country"), max_length=2, default="US")
    address = models.TextField(_("address on documents"), max_length=500, blank=True, validators=[visible])
    week_start = models.PositiveSmallIntegerField(_("first day of the week"), choices=WEEK_CHOICES, default=0)
    number_style = models.CharField(_("numbers"), max_length=20, choices=NUMBER_CHOICES, blank=True)
    date_style = models.CharField(_("days"), max_length=20, choices=DATE_CHOICES, blank=True)
    logo = models.FileField(upload_to=logo_path, max_length=100, blank=True)
    logo_kind = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="company_is_one_row"),)

    def __str__(self) -> str:
        return self.name

    @property
    def logo_url(self) -> str:
        """Empty without a logo."""
        return reverse("company-logo", args=[str(self.logo).rpartition("/")[2]]) if self.logo else ""
