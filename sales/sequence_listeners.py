"""What sequences hear of: answers (EMAIL_LISTENERS), and what is written elsewhere (AUDIT_LISTENERS)."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.choices import ConsentChannel, Direction, InteractionKind, TaskKind
from contacts.models import Customer, EmailMessage, Interaction, Task
from crm.audit.models import AuditEntry
from sales.choices import EnrolmentState
from sales.models import Deal, Lead
from sales.services.enrolment import said_no
from sales.services.sequence_stop import (
    sequence_tasks_done,
    sequences_answered,
    sequences_bounced,
    sequences_end,
)

Written = Sequence[tuple[AuditEntry, models.Model]]
TASK_OVER = ("contacts.task.complete", "contacts.task.delete")
DEAL_OVER = ("sales.deal.win", "sales.deal.lose")


def arrived(message: EmailMessage, entries: Sequence[Interaction]) -> None:
    """EMAIL_LISTENERS: an answer ends the sequence, and a mail that comes back; a notice of absence does not."""
    customers = {entry.customer_id for entry in entries}
    if message.is_bounce:
        sequences_bounced(customers, message.happened_at)
    elif not message.is_automatic:
        sequences_answered(customers, message.happened_at, message.thread_id)


def written(written: Written) -> None:
    """AUDIT_LISTENERS."""
    tasks = [obj for entry, obj in written if isinstance(obj, Task) and entry.action in TASK_OVER]
    if tasks:
        sequence_tasks_done(tasks)
    for entry, obj in written:
        if isinstance(obj, Interaction) and is_call_from(entry, obj):
            sequences_answered({obj.customer_id}, obj.happened_at)
        elif isinstance(obj, Task) and is_meeting(entry, obj):
            sequences_end(Q(customer=obj.customer_id), EnrolmentState.MEETING)
        elif isinstance(obj, Deal) and entry.action in DEAL_OVER:
            deal_written(entry, obj)
        elif isinstance(obj, Lead) and entry.action == "sales.lead.disqualify":
            sequences_end(Q(customer=obj.pk), EnrolmentState.STOPPED, _("The lead was disqualified."))
        elif isinstance(obj, Customer):
            customer_written(entry, obj)


def is_call_from(entry: AuditEntry, obj: Interaction) -> bool:
    """The prospect called."""
    is_theirs = obj.kind == InteractionKind.CALL and obj.direction == Direction.INCOMING
    return is_theirs and entry.action == "contacts.interaction.create"


def is_meeting(entry: AuditEntry, obj: Task) -> bool:
    is_new = entry.action.startswith("contacts.task.") and not entry.before
    return obj.kind == TaskKind.MEETING and is_new and obj.customer_id is not None


def deal_written(entry: AuditEntry, deal: Deal) -> None:
    """A lost deal ends what was about it; whoever bought is no prospect any more."""
    if entry.action == "sales.deal.win":
        whose = Q(deal=deal.pk) | Q(customer__in=[deal.customer_id, deal.payer_id])
        sequences_end(whose, EnrolmentState.STOPPED, _("The deal was won."))
    else:
        sequences_end(Q(deal=deal.pk), EnrolmentState.STOPPED, _("The deal was lost."))


def customer_written(entry: AuditEntry, customer: Customer) -> None:
    if entry.action == "contacts.customer.delete":
        reason = _("The customer was deleted.")
    elif entry.action == "contacts.customer.consent_create" and withdraws(entry) and said_no(customer):
        reason = _("%s does not wish to get e-mails.") % customer
    else:
        return
    sequences_end(Q(customer=customer.pk), EnrolmentState.STOPPED, reason)


def withdraws(entry: AuditEntry) -> bool:
    return entry.after.get("channel") == ConsentChannel.EMAIL and not entry.after.get("is_given")
