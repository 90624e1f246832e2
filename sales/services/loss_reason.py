"""The reasons that losing a deal offers."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.staff.models import User
from sales.models import LossReason


@transaction.atomic
def loss_reason_create(*, actor: User, name: str) -> LossReason:
    """Add a reason; one that was taken away comes back under its name. Raises ValidationError."""
    require(actor, "sales.edit_pipeline")
    if LossReason.objects.filter(name__iexact=name, deleted_at=None).exists():
        raise ValidationError({"name": _("There is this reason already.")})
    reason = LossReason.objects.create(name=name, position=LossReason.objects.count())
    record(actor=actor, action="sales.lossreason.create", obj=reason, after={"name": name})
    return reason


@transaction.atomic
def loss_reason_delete(*, actor: User, reason: LossReason) -> LossReason:
    """No longer offer a reason; deals that were lost for it keep it."""
    require(actor, "sales.edit_pipeline")
    reason.deleted_at = timezone.now()
    reason.save(update_fields=["deleted_at"])
    record(actor=actor, action="sales.lossreason.delete", obj=reason)
    return reason


@transaction.atomic
def loss_reason_restore(*, actor: User, reason: LossReason) -> LossReason:
    require(actor, "sales.edit_pipeline")
    if LossReason.objects.filter(name=reason.name, deleted_at=None).exists():
        raise ValidationError(_("There is this reason already."))
    reason.deleted_at = None
    reason.save(update_fields=["deleted_at"])
    record(actor=actor, action="sales.lossreason.restore", obj=reason)
    return reason
