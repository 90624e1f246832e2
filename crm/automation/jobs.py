from django.utils.translation import gettext_lazy as _

from crm.jobs.kinds import JobKind

KINDS = (
    JobKind("automation.handle", _("Run automations")),
    JobKind("automation.deliver", _("Send webhooks")),
    JobKind("automation.tick", _("Wake automations by the clock")),
)
