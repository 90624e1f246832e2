from django.db import models
from django.utils.translation import gettext_lazy as _


class OutgoingState(models.TextChoices):
    """`unknown`: the sending was begun and nobody knows how it ended; it is never begun again by itself."""

    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    CANCELLED = "cancelled", _("Cancelled")
    BOUNCED = "bounced", _("Came back")


class SignIn(models.TextChoices):
    PASSWORD = "password", _("Password")
    GOOGLE = "google", _("Google")
    MICROSOFT = "microsoft", _("Microsoft 365")


class Security(models.TextChoices):
    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None (this machine only)")


class RawState(models.TextChoices):
    STORED = "stored", _("Stored")
    READ = "read", _("Read")
    QUARANTINED = "quarantined", _("Quarantined")


class Outcome(models.TextChoices):
    """What became of a mail that was read: whether a record has it."""

    MATCHED = "matched", _("In the CRM")
    UNMATCHED = "unmatched", _("Not matched")
    IGNORED = "ignored", _("Ignored")


class JoinedBy(models.TextChoices):
    """By what a mail was found to belong to its conversation."""

    NEW = "new", _("Begins a conversation")
    ADDRESS = "address", _("Signed address")
    REPLY = "reply", _("In-Reply-To")
    REFERENCES = "references", _("References")
