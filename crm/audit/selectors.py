from django.db import models

from crm.audit.models import AuditEntry


def history(obj: models.Model) -> models.QuerySet[AuditEntry]:
    """The entries of one record, newest first; the caller has checked that the reader may see the record."""
    return (
        AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk)
        .select_related("actor")
        .order_by("-id")
    )
