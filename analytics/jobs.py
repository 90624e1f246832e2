"""What the jobs of analytics are called."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.kinds import JobKind

KINDS = (
    JobKind("analytics.value_refresh", _("Compute the value of all customers")),
    JobKind("analytics.statistics_pull", _("Count changed orders")),
)
