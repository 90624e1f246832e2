"""What of a person's calendar is open to those without an account: to programs that read it, to people who book."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.records.models import Versioned
from crm.texts import visible


class CalendarFeed(models.Model):
    """An address at which another calendar reads `user`'s. Only the hash of its secret is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=80, validators=[visible])
    digest = models.CharField(max_length=64, unique=True)
    with_tasks = models.BooleanField(_("to-dos with a day too"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name


def between(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class BookingPage(Versioned):
    """A public page on which others book a meeting with `user`, when the company works and they are free."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    slug = models.SlugField(_("address"), max_length=60, unique=True, validators=[MinLengthValidator(3)])
    title = models.CharField(_("title"), max_length=120, validators=[visible])
    text = models.TextField(_("what it is about"), max_length=2_000, blank=True)
    location = models.CharField(_("place"), max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=30, validators=between(5, 480))
    buffer_minutes = models.PositiveSmallIntegerField(
        _("pause before and after (minutes)"), default=0, validators=between(0, 240)
    )
    notice_hours = models.PositiveSmallIntegerField(
        _("how long before, at least (hours)"), default=4, validators=between(0, 720)
    )
    days_ahead = models.PositiveSmallIntegerField(
        _("how far ahead (days)"), default=30, validators=between(1, 180)
    )
    is_open = models.BooleanField(_("open"), default=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title

    @property
    def lasts(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def pause(self) -> timedelta:
        return timedelta(minutes=self.buffer_minutes)


class Booking(models.Model):
    """Who booked which meeting. Whoever knows the secret, of which the hash is kept, may move or cancel it."""

    page = models.ForeignKey(BookingPage, on_delete=models.PROTECT, related_name="bookings")
    task = models.OneToOneField("contacts.Task", on_delete=models.CASCADE, related_name="booking")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), max_length=254)
    note = models.TextField(_("note"), blank=True)
    time_zone = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
