"""What the jobs of the API are called."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.kinds import JobKind

KINDS = (JobKind("api.sweep", _("Forget requests and tokens that are over")),)
