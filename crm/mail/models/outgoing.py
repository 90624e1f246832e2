"""The ledger of mails that the program sends: a row is there before anything leaves, and tells what came of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.unowned import Unowned, UnownedQuerySet
from crm.mail.choices import OutgoingState

RETRYABLE = (
    OutgoingState.FAILED,
    OutgoingState.UNKNOWN,
    OutgoingState.CANCELLED,
    OutgoingState.BOUNCED,
)


class OutgoingMail(Unowned, models.Model):
    """One mail to one person, and to those in `cc`. `key` says which it is: the same one asked for twice is one row.

    Without an account it leaves through the mail server of the program; with one through that account's, and into a
    conversation: `answers` are the Message-IDs it refers to, the one it answers last.
    """

    access_object = "mail.outgoing"

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=60)
    to = models.EmailField(_("to"), max_length=320)
    cc: Any = models.JSONField(default=list)
    #: a person writes it: their name stands before the address it comes from
    sender_name = models.CharField(max_length=150, blank=True)
    reply_to = models.EmailField(max_length=320, blank=True)
    subject = models.CharField(_("subject"), max_length=500)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)  # an iCalendar object that goes with it
    account = models.ForeignKey(
        "mail.MailAccount", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    thread = models.ForeignKey("mail.MailThread", on_delete=models.PROTECT, null=True, related_name="+")
    answers: Any = models.JSONField(default=list)
    #: {"file": name in the storage, "name", "type"} of each file that goes with it
    files: Any = models.JSONField(default=list)
    message_id = models.CharField(max_length=255, unique=True)
    state = models.CharField(_("state"), max_length=12, choices=OutgoingState, default=OutgoingState.PENDING)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    objects: ClassVar[UnownedQuerySet["OutgoingMail"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (
            models.Index(
                fields=("due_at", "id"),
                name="outgoing_open",
                condition=models.Q(state__in=("pending", "sending")),
            ),
            models.Index(fields=("state", "-id"), name="outgoing_of_state"),
        )

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}: {self.state}"

    @property
    def can_retry(self) -> bool:
        return self.state in RETRYABLE

    @property
    def can_cancel(self) -> bool:
        return self.state == OutgoingState.PENDING
