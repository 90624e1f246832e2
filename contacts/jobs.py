"""What the jobs of customers and tasks are called."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.kinds import JobKind

KINDS = (
    JobKind("contacts.remind_tasks", _("Remind of tasks that are due")),
    JobKind("contacts.remind_soon", _("Remind of calls and meetings")),
    JobKind("contacts.match_mails", _("Match mails to a customer"), url="contacts:customer-record"),
    JobKind("contacts.match_mails_like", _("Match mails of an address")),
    JobKind("contacts.merge_tag", _("Merge two tags"), can_cancel=True),
    JobKind("contacts.sync_calendars", _("See which connected calendars are due")),
    JobKind("contacts.sync_calendar", _("Compare a connected calendar"), url="contacts:calendar-account"),
)
