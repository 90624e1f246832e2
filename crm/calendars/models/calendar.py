"""When the company works: hours of the week in a zone, public holidays of a country, and days of its own."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.unowned import Unowned, UnownedQuerySet
from crm.calendars.hours import OFFICE_WEEK, Week, keep_week, read_week, week_in_words
from crm.records.models import Versioned


def office_week() -> list[list[list[int]]]:
    return keep_week(OFFICE_WEEK)


class BusinessCalendar(Unowned, Versioned):
    """`week` holds seven lists of [from, to] in minutes of the day, Monday first."""

    access_object = "calendars.calendar"

    name = models.CharField(_("name"), max_length=100, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64)
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    region = models.CharField(_("region"), max_length=40, blank=True)
    week = models.JSONField(default=office_week)
    is_default = models.BooleanField(default=False)

    objects: ClassVar[UnownedQuerySet["BusinessCalendar"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-is_default", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("is_default",), name="calendar_one_default", condition=models.Q(is_default=True)
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def hours(self) -> Week:
        return read_week(self.week)

    @property
    def hours_text(self) -> str:
        return week_in_words(self.hours)


class OwnDay(models.Model):
    """A day off that no state knows, or a public holiday on which this calendar is open all the same."""

    access_parent = "calendar"

    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.CASCADE, related_name="own_days", db_index=False
    )
    day_on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    is_open = models.BooleanField(default=False)

    class Meta:
        ordering = ("day_on",)
        constraints = (models.UniqueConstraint(fields=("calendar", "day_on"), name="own_day_once"),)

    def __str__(self) -> str:
        return f"{self.day_on} {self.name}"
