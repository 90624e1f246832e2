"""A calendar on another server: who connected it, what we wrote there, what lies there."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.choices import CalendarDetail
from crm.records.models import Versioned
from crm.texts import visible


class CalendarAccount(Versioned):
    """A calendar of one person on a CalDAV server. `secret` is encrypted (crm.mail.secrets).

    `calendars` are those the server offered; `calendar_url` is the one that was chosen. `problem` is why it could not
    be compared last time, in words, and `problem_since` when that began.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=80, validators=[visible])
    url = models.CharField(_("address of the server"), max_length=500)
    username = models.CharField(_("user name"), max_length=254)
    secret = models.TextField(editable=False)
    calendars = models.JSONField(default=list, editable=False)
    calendar_url = models.CharField(_("calendar"), max_length=500, blank=True)
    writes = models.BooleanField(_("write my calls and meetings there"), default=True)
    detail = models.CharField(
        _("what is written of them"), max_length=8, choices=CalendarDetail, default=CalendarDetail.ALL
    )
    reads = models.BooleanField(_("show here what lies there, and count it as busy"), default=True)
    sync_token = models.TextField(editable=False, default="")
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    #: one worker at a time compares it, and one that died holds it no longer than this
    held_until = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    succeeded_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=500, editable=False, default="")
    problem_since = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def chosen_name(self) -> str:
        names = {item["url"]: item["name"] for item in self.calendars}
        return str(names.get(self.calendar_url, ""))


class CalendarLink(models.Model):
    """A call or meeting of ours and the event over there that is the same.

    `version` is that of the task when both were last the same; the times are those the event had then. `adopted` came
    from there: it is never written or deleted there. `note` is what its owner should know, in words.
    """

    account = models.ForeignKey(
        CalendarAccount, on_delete=models.CASCADE, related_name="links", db_index=False
    )
    task = models.ForeignKey("contacts.Task", on_delete=models.CASCADE, related_name="calendar_links")
    href = models.CharField(max_length=1_000)
    etag = models.CharField(max_length=500, default="")
    version = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_adopted = models.BooleanField(default=False)
    gone_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, default="")
    noted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "task"), name="calendar_link_once"),
            models.UniqueConstraint(
                fields=("account", "href"), name="calendar_link_href_once", condition=Q(is_adopted=False)
            ),
        )

    def __str__(self) -> str:
        return self.href


class CalendarEvent(models.Model):
    """Something in the other calendar that is not ours. `problem` is why it could not be read."""

    account = models.ForeignKey(
        CalendarAccount, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    href = models.CharField(max_length=1_000)
    etag = models.CharField(max_length=500)
    content = models.TextField()
    title = models.CharField(max_length=200)
    location = models.CharField(max_length=200, default="")
    addresses = ArrayField(models.CharField(max_length=254), default=list)
    is_recurring = models.BooleanField(default=False)
    problem = models.CharField(max_length=200, default="")
    #: its times are kept until here
    expanded_until = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("account", "href"), name="calendar_event_once"),)

    def __str__(self) -> str:
        return self.title


class CalendarTime(models.Model):
    """One time of an event; a series has many. `task` is the meeting that was made of it."""

    event = models.ForeignKey(CalendarEvent, on_delete=models.CASCADE, related_name="times")
    account = models.ForeignKey(CalendarAccount, on_delete=models.CASCADE, related_name="+", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    is_all_day = models.BooleanField(default=False)
    is_busy = models.BooleanField(default=True)
    task = models.ForeignKey("contacts.Task", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = (models.Index(fields=("account", "starts_at", "ends_at"), name="calendar_time_of_account"),)

    def __str__(self) -> str:
        return f"{self.title} {self.starts_at:%Y-%m-%d %H:%M}"
