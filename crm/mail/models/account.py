"""A mailbox that the program reads, and sends from."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.access.unowned import Unowned, UnownedQuerySet
from crm.mail.choices import Security, SignIn
from crm.records.models import Versioned

PORT = (MinValueValidator(1), MaxValueValidator(65535))


class MailAccount(Unowned, Versioned):
    """`secret` is encrypted (crm.mail.secrets): a password, or the tokens of OAuth as JSON.

    `last_uid` counts within `uid_validity` of the folder. `problem` is why it could not be read last time, in words.
    """

    access_object = "mail.account"

    name = models.CharField(_("name"), max_length=100, unique=True)
    address = models.EmailField(_("e-mail address"), max_length=254)
    sign_in = models.CharField(_("sign-in"), max_length=12, choices=SignIn, default=SignIn.PASSWORD)
    username = models.CharField(_("user name"), max_length=254, blank=True)
    secret = models.TextField(blank=True, editable=False)
    imap_host = models.CharField(_("IMAP server"), max_length=253)
    imap_port = models.PositiveIntegerField(_("IMAP port"), default=993, validators=PORT)
    imap_security = models.CharField(
        _("IMAP security"), max_length=10, choices=Security, default=Security.TLS
    )
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    smtp_host = models.CharField(_("SMTP server"), max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(_("SMTP port"), default=587, validators=PORT)
    smtp_security = models.CharField(
        _("SMTP security"), max_length=10, choices=Security, default=Security.STARTTLS
    )
    is_active = models.BooleanField(_("read this mailbox"), default=True)
    since_on = models.DateField(_("read mails since"))
    uid_validity = models.BigIntegerField(default=0, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    succeeded_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=500, blank=True, editable=False)

    objects: ClassVar[UnownedQuerySet["MailAccount"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def login(self) -> str:
        return self.username or self.address

    @property
    def is_connected(self) -> bool:
        return bool(self.secret)
