"""What people do with a customer, what is to be done, and what the customer agreed to."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.choices import (
    WRITTEN_KINDS,
    ConsentChannel,
    ConsentPurpose,
    Direction,
    InteractionKind,
    TaskKind,
)
from contacts.models.about import About, AboutQuerySet
from crm.access.querysets import AccessQuerySet
from crm.notifications.mentions import plain
from crm.records.models import Owned, SoftDeleted, Versioned


class InteractionQuerySet(AboutQuerySet["Interaction"]):
    pass


class Interaction(Versioned, Owned, SoftDeleted, About):
    """An entry of the timeline: who may see it depends on the customer and on the object it speaks of.

    Who may change it depends on whose entry it is (crm.access.grants).
    """

    access_parent = "customer"

    customer = models.ForeignKey(
        "contacts.Customer", on_delete=models.PROTECT, related_name="interactions", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=10, choices=InteractionKind)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, blank=True)
    happened_at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    summary = models.CharField(_("summary"), max_length=200)
    body = models.TextField(_("details"), blank=True)
    duration_minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    email = models.ForeignKey(
        "contacts.EmailMessage",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="entries",
        db_index=False,
        verbose_name=_("e-mail"),
    )

    objects = InteractionQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("customer", "-happened_at", "-id"), name="interaction_of_customer"),
            # the list of all entries, from its newest on; and those of a person
            models.Index(
                fields=("-happened_at", "-id"), name="interaction_recent", condition=Q(deleted_at=None)
            ),
            models.Index(
                fields=("actor", "-happened_at", "-id"),
                name="interaction_of_actor",
                condition=Q(deleted_at=None),
            ),
            *About.Meta.indexes,
        )
        constraints = (
            models.UniqueConstraint(
                fields=("email", "customer"),
                name="interaction_once_of_email",
                condition=Q(email__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return plain(self.summary)

    @property
    def is_written(self) -> bool:
        """Whether somebody wrote it down, so that it can be changed."""
        return self.kind in WRITTEN_KINDS


class TaskQuerySet(AboutQuerySet["Task"]):
    pass


#: what lies in a calendar lasts no longer, so that whoever reads a week knows how far back to look
LONGEST = timedelta(days=14)
OPEN = Q(done_at=None, deleted_at=None)
HAS_TIMES = Q(starts_at__isnull=False, ends_at__gt=models.F("starts_at"), ends_at__isnull=False)


class Task(Versioned, Owned, SoftDeleted, About):
    """A to-do of a person (`owner`), a call or a meeting, usually about a customer.

    A to-do has a day (`due_on`), a meeting a start and an end, a call either. What has a start is due on its day where
    its owner is (contacts.services.timing).
    """

    access_object = "contacts.task"

    customer = models.ForeignKey(
        "contacts.Customer", on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=TaskKind, default=TaskKind.TASK)
    title = models.CharField(_("title"), max_length=200)
    notes = models.TextField(_("notes"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    starts_at = models.DateTimeField(_("start"), null=True, blank=True)
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    location = models.CharField(_("place"), max_length=200, blank=True)
    remind_at = models.DateTimeField(_("reminder"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, editable=False)
    entry = models.ForeignKey(
        Interaction,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("entry of the timeline"),
    )
    done_at = models.DateTimeField(null=True, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=("owner", "due_on", "id"),
                name="task_open_of_owner",
                condition=OPEN,
            ),
            models.Index(
                fields=("team", "due_on", "id"),
                name="task_open_of_team",
                condition=OPEN,
            ),
            models.Index(
                fields=("owner", "starts_at"),
                name="task_in_calendar",
                condition=Q(starts_at__isnull=False, deleted_at=None),
            ),
            models.Index(
                fields=("remind_at",),
                name="task_to_remind",
                condition=OPEN & (Q(reminded_at=None) | Q(reminded_at__lt=models.F("remind_at"))),
            ),
            *About.Meta.indexes,
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | HAS_TIMES, name="task_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(kind=TaskKind.MEETING) | Q(starts_at__isnull=False),
                name="task_meeting_has_times",
            ),
            models.CheckConstraint(
                condition=~Q(kind=TaskKind.TASK) | Q(starts_at=None), name="task_to_do_has_no_times"
            ),
        )

    def __str__(self) -> str:
        return self.title


class AttachmentQuerySet(AboutQuerySet["Attachment"]):
    pass


class Attachment(About):
    """An uploaded file: kept under a random name, handed out only as a download."""

    access_parent = "customer"

    customer = models.ForeignKey("contacts.Customer", on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(_("name"), max_length=200)
    file = models.FileField(upload_to="attachments/%Y/%m")
    size = models.PositiveBigIntegerField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = About.Meta.indexes

    def __str__(self) -> str:
        return self.name


class ConsentQuerySet(AccessQuerySet["Consent"]):
    pass


class Consent(models.Model):
    """Append-only: the newest row of a customer, purpose and channel is what holds."""

    access_parent = "customer"

    customer = models.ForeignKey(
        "contacts.Customer", on_delete=models.PROTECT, related_name="consents", db_index=False
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=ConsentPurpose)
    channel = models.CharField(_("channel"), max_length=8, choices=ConsentChannel)
    is_given = models.BooleanField(_("given"))
    wording = models.TextField(_("wording shown"), blank=True)
    source = models.CharField(_("source"), max_length=120)
    proof = models.TextField(_("proof"), blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("customer", "purpose", "channel", "-id"), name="consent_of_customer"),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel} {self.is_given}"
