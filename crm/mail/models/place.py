"""How far a folder of a mailbox is read, and which of its mails we have."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.mail.models.account import MailAccount
from crm.mail.models.incoming import RawMail


class MailPlace(models.Model):
    """A folder. `last_uid` counts within `uid_validity`; the counts are what the server said at `counted_at`."""

    account = models.ForeignKey(MailAccount, on_delete=models.CASCADE, related_name="places", db_index=False)
    folder = models.CharField(_("folder"), max_length=200)
    is_sent = models.BooleanField(default=False)
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    on_server = models.PositiveIntegerField(null=True)
    missing = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("is_sent", "pk")
        constraints = (models.UniqueConstraint(fields=("account", "folder"), name="mail_place_once"),)

    def __str__(self) -> str:
        return f"{self.account}: {self.folder}"


class MailUid(models.Model):
    """A mail of the folder that we have. Two UIDs with the same bytes are one raw mail; `is_gone`: off the server."""

    place = models.ForeignKey(MailPlace, on_delete=models.CASCADE, related_name="uids", db_index=False)
    uid = models.BigIntegerField()
    raw = models.ForeignKey(RawMail, on_delete=models.CASCADE, related_name="uids")
    is_gone = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("place", "uid"), name="mail_uid_once"),)

    def __str__(self) -> str:
        return f"{self.place_id}: {self.uid}"
