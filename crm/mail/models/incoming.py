"""What came in: the raw bytes first, what was read in them, and the conversation it belongs to."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.access.unowned import Unowned, UnownedQuerySet
from crm.mail.choices import JoinedBy, Outcome, RawState
from crm.mail.models.account import MailAccount
from crm.mail.models.ignored import IgnoredSender
from crm.staff.models import User


class RawMailQuerySet(UnownedQuerySet["RawMail"]):
    def visible_to(self, user: User, action: str = "view") -> Self:
        """The mails of the mailboxes that one keeps: what lies in somebody's own mailbox is theirs alone."""
        return self.filter(account__in=MailAccount.objects.visible_to(user, action))


class RawMail(Unowned, models.Model):
    """The bytes as they came, kept before anything is read in them. The same bytes twice are one row."""

    access_object = "mail.account"

    account = models.ForeignKey(MailAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    uid = models.BigIntegerField(null=True)
    is_sent = models.BooleanField(default=False)  # from the folder of sent mails
    content = models.BinaryField()
    size = models.PositiveBigIntegerField()
    state = models.CharField(_("state"), max_length=12, choices=RawState, default=RawState.STORED)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    arrived_at = models.DateTimeField(_("arrived"), default=timezone.now)

    objects: ClassVar[RawMailQuerySet] = RawMailQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (
            models.Index(fields=("id",), name="raw_mail_unread", condition=models.Q(state="stored")),
            models.Index(fields=("-id",), name="raw_mail_held", condition=models.Q(state="quarantined")),
        )
        constraints = (models.UniqueConstraint(fields=("account", "sha256"), name="raw_mail_once"),)

    def __str__(self) -> str:
        return f"{self.account} {self.pk}: {self.state}"


class MailThread(models.Model):
    """A conversation. `participants` are the addresses that take part in it: only they may add to it unreviewed."""

    account = models.ForeignKey(MailAccount, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=500, blank=True)
    participants = ArrayField(models.CharField(max_length=320), default=list)
    started_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.subject


class ThreadMessageId(models.Model):
    """A Message-ID that belongs to a conversation, of a mail that came in or one that we sent."""

    thread = models.ForeignKey(MailThread, on_delete=models.CASCADE, related_name="message_ids")
    account = models.ForeignKey(MailAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    message_id = models.CharField(max_length=255)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("account", "message_id"), name="thread_message_id_once"),
        )

    def __str__(self) -> str:
        return self.message_id


class IncomingMail(models.Model):
    """What was read in a raw mail. `needs_review`: somebody who takes no part in the conversation answers in it."""

    raw = models.OneToOneField(RawMail, on_delete=models.PROTECT, related_name="mail")
    account = models.ForeignKey(MailAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    thread = models.ForeignKey(MailThread, on_delete=models.PROTECT, related_name="mails")
    joined_by = models.CharField(max_length=12, choices=JoinedBy)
    needs_review = models.BooleanField(default=False)
    message_id = models.CharField(max_length=255, blank=True)
    sender = models.CharField(_("from"), max_length=320, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    to: Any = models.JSONField(default=list)
    cc: Any = models.JSONField(default=list)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    files: Any = models.JSONField(default=list)
    is_automatic = models.BooleanField(default=False)
    is_bounce = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField()
    outcome = models.CharField(_("state"), max_length=12, choices=Outcome, default=Outcome.UNMATCHED)
    #: what made it ignored; without one a person ignored this mail alone
    ignored_by = models.ForeignKey(IgnoredSender, on_delete=models.SET_NULL, null=True, related_name="mails")

    class Meta:
        indexes = (
            models.Index(fields=("account", "-id"), name="incoming_of_account"),
            models.Index(fields=("account", "outcome", "-id"), name="incoming_of_outcome"),
            models.Index(
                fields=("sender",), name="incoming_unmatched", condition=models.Q(outcome="unmatched")
            ),
            models.Index(fields=("message_id",), name="incoming_message_id"),
        )

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"
