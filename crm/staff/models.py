"""The people who work in Tenure and the teams they belong to."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.records.models import Versioned
from crm.texts import visible


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> "User":
        user = self.model(email=email.lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(Versioned, AbstractBaseUser):
    """A member of staff, known by e-mail. What they may do comes from roles (crm.access), never from here."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, validators=[visible])
    is_active = models.BooleanField(_("active"), default=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    keyboard_shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, editable=False)
    teams = models.ManyToManyField("staff.Team", related_name="members", blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_lower"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @property
    def seen_at(self) -> datetime | None:
        """When the person was last at work here, to a quarter of an hour (crm.staff.middleware)."""
        return max(filter(None, (self.last_seen_at, self.last_login)), default=None)


class Team(Versioned):
    """A node in the tree of teams; the root is the whole company."""

    name = models.CharField(_("name"), max_length=100, unique=True, validators=[visible])
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Invite(models.Model):
    """A place for a colleague who is not here yet; the link in the mail carries its key and `nonce`, signed."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REVOKED = "revoked", _("Revoked")

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150, blank=True, validators=[visible])
    teams = models.ManyToManyField("staff.Team", related_name="+", blank=True)
    roles = models.ManyToManyField("access.Role", related_name="+", blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    nonce = models.CharField(max_length=43)
    sent = models.PositiveSmallIntegerField(default=0)
    invited_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    accepted_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                Lower("email"), name="invite_waiting_once", condition=models.Q(state="waiting")
            ),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def is_expired(self) -> bool:
        return self.state == self.State.WAITING and self.expires_at <= timezone.now()
