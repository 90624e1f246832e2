from django.utils.translation import gettext_lazy as _

from crm.jobs.kinds import JobKind

KINDS = (
    JobKind(
        "audit.export_trail", _("Export the audit trail"), can_cancel=True, permission="audit.export_entry"
    ),
)
