"""What the jobs of notifications are called."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.kinds import JobKind

KINDS = (
    JobKind("notifications.mail_now", _("Mail a notification")),
    JobKind("notifications.digest", _("Mail the daily digests")),
    JobKind("notifications.tell_followers", _("Tell those who follow a record")),
    JobKind("notifications.sweep", _("Look after notifications that wait")),
)
