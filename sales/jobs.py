"""What the jobs of sales are called."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.kinds import JobKind

KINDS = (JobKind("sales.recommendation_refresh", _("Compute the recommendations")),)
