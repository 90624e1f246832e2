"""What of a person's calendar is open to programs without an account: an address that nobody guesses."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

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
