"""Tokens with which other programs sign in as a person, and the answers kept for requests that are sent twice."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.texts import visible


class ApiToken(models.Model):
    """`prefix` finds the row, `digest` proves the secret, which is shown once and never kept.

    `scopes` is {"contacts.customer": "read" | "write"}; with `is_everything` the token may do whatever its user may.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=80, validators=[visible])
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    is_everything = models.BooleanField(_("everything I may do"), default=False)
    scopes = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("-id",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and not self.is_expired

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class ApiRequest(models.Model):
    """A POST with an Idempotency-Key, written in the transaction of what it did: sent again it is only answered again.

    `token` is None for a request of a session.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "token", "key"), name="api_request_once", nulls_distinct=False
            ),
        )

    def __str__(self) -> str:
        return self.key
