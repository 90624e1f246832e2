"""Mails that were exchanged with customers, and the texts they begin from."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from contacts.choices import Direction, Sharing
from contacts.models.engagement import Interaction
from crm.access.grants import grants
from crm.access.querysets import AccessQuerySet
from crm.records.models import SoftDeleted, Versioned
from crm.staff.models import User
from crm.texts import visible


class EmailMessageQuerySet(AccessQuerySet["EmailMessage"]):
    def visible_to(self, user: User, action: str = "view") -> Self:
        """A mail is seen through the entries it has on records: by who may see one of them."""
        entries = Interaction.objects.filter(
            email=OuterRef("pk"), deleted_at=None, customer__deleted_at=None
        ).visible_to(user, action)
        return self.filter(Exists(entries))


class EmailMessage(models.Model):
    """A mail as it stands on records, once however many ways it came: from us (`outgoing`) or to us (`incoming`).

    `html` is sanitised when it is read (crm.mail.parsing). `files` are those of the incoming mail, or what we sent.
    """

    access_object = "contacts.interaction"

    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    incoming = models.OneToOneField(
        "mail.IncomingMail", on_delete=models.PROTECT, null=True, related_name="email"
    )
    outgoing = models.OneToOneField(
        "mail.OutgoingMail", on_delete=models.PROTECT, null=True, related_name="email"
    )
    thread = models.ForeignKey("mail.MailThread", on_delete=models.PROTECT, null=True, related_name="emails")
    account = models.ForeignKey(
        "mail.MailAccount", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    message_id = models.CharField(max_length=255, blank=True)
    sender = models.CharField(_("from"), max_length=320)
    sender_name = models.CharField(max_length=200, blank=True)
    to: Any = models.JSONField(_("to"), default=list)  # [{"email", "name"}]
    cc: Any = models.JSONField(default=list)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    files: Any = models.JSONField(default=list)
    is_automatic = models.BooleanField(default=False)
    is_bounce = models.BooleanField(default=False)
    happened_at = models.DateTimeField(_("when"))

    objects: ClassVar[EmailMessageQuerySet] = EmailMessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (
            models.Index(fields=("thread", "-happened_at"), name="email_of_thread"),
            models.Index(fields=("message_id", "sender"), name="email_of_message_id"),
        )

    def __str__(self) -> str:
        return self.subject

    @property
    def is_ours(self) -> bool:
        return self.direction == Direction.OUTGOING

    @property
    def is_answer(self) -> bool:
        """Whether a person wrote it to us."""
        return not (self.is_ours or self.is_automatic or self.is_bounce)

    @property
    def receivers(self) -> list[str]:
        return [person["email"] for person in (*self.to, *self.cc)]


class EmailSignature(models.Model):
    """What stands under the mails that a person begins to write."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(_("signature"), blank=True, max_length=2_000)

    def __str__(self) -> str:
        return self.text


class EmailTemplateQuerySet(models.QuerySet["EmailTemplate"]):
    def visible_to(self, user: User) -> Self:
        """Those that are there for one to use."""
        return self.shared_with(user).filter(deleted_at=None)

    def shared_with(self, user: User) -> Self:
        """One's own, those of one's teams and of the teams above, those of the company; deleted ones too."""
        teams = grants(user).teams_above
        return self.filter(Q(owner=user) | Q(sharing=Sharing.TEAM, team__in=teams) | Q(sharing=Sharing.ALL))


class EmailTemplate(Versioned, SoftDeleted):
    """A text to begin a mail from, with fields in Liquid (contacts.services.email_templates)."""

    name = models.CharField(_("name"), max_length=100, validators=[visible])
    subject = models.CharField(_("subject"), max_length=300, blank=True, validators=[visible])
    text = models.TextField(_("text"), max_length=20_000)
    sharing = models.CharField(_("who may use it"), max_length=4, choices=Sharing, default=Sharing.OWN)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("staff.Team", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(default=0)

    objects: ClassVar[EmailTemplateQuerySet] = EmailTemplateQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("e-mail template")
        ordering = ("position", "name", "pk")

    def __str__(self) -> str:
        return self.name
