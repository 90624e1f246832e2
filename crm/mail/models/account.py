"""A mailbox that the program reads, and sends from."""

from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.access.unowned import UnownedQuerySet
from crm.mail.choices import Security, SignIn
from crm.records.models import Versioned
from crm.staff.models import User

PORT = (MinValueValidator(1), MaxValueValidator(65535))


class MailAccountQuerySet(UnownedQuerySet["MailAccount"]):
    def visible_to(self, user: User, action: str = "view") -> Self:
        """The mailboxes of the company for those who keep them; one's own mailbox is nobody else's."""
        scope = grants(user).scope(self.access_object, action)
        if scope is Scope.NONE:
            return self.none()
        own = models.Q(owner=user)
        return self.filter(own | models.Q(owner=None) if scope is Scope.ALL else own)

    def read(self) -> Self:
        """Those that the program reads; the mailbox of who left is nobody's any more."""
        return self.filter(is_active=True).exclude(owner__is_active=False)

    def company(self) -> Self:
        return self.filter(owner=None)


class MailAccount(Versioned):
    """A mailbox of the company, or of one person (`owner`).

    `secret` is encrypted (crm.mail.secrets): a password, or the tokens of OAuth as JSON.
    `problem` is why it could not be read last time, in words; how far it is read stands at its places.
    """

    access_object = "mail.account"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=100)
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
    sent_folder = models.CharField(_("folder of sent mails"), max_length=200, blank=True)
    smtp_host = models.CharField(_("SMTP server"), max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(_("SMTP port"), default=587, validators=PORT)
    smtp_security = models.CharField(
        _("SMTP security"), max_length=10, choices=Security, default=Security.STARTTLS
    )
    is_active = models.BooleanField(_("read this mailbox"), default=True)
    since_on = models.DateField(_("read mails since"))
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    succeeded_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    problem = models.CharField(max_length=500, blank=True, editable=False)

    team_id = None  # it is a person's or the company's, never a team's

    objects: ClassVar[MailAccountQuerySet] = MailAccountQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "name"), name="mail_account_name_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def login(self) -> str:
        return self.username or self.address

    @property
    def is_connected(self) -> bool:
        return bool(self.secret)
