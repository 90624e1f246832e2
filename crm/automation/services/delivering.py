"""Sending what stands in the ledger of webhooks, with pauses, until it is taken or given up.

Claimed and committed before it leaves. A message whose answer was lost is sent again under the same key.
"""

import hashlib
import hmac
import time
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.automation.choices import DeliveryState
from crm.automation.models import WebhookDelivery
from crm.jobs.services import enqueue
from crm.outgoing import OutgoingFailed, OutgoingRefused, post
from crm.staff.models import User

JOB = "automation.deliver"
#: minutes until the next attempt after so many failed ones; after the last the message is dead
PAUSES = (1, 5, 30, 120, 480)
STALE = timedelta(minutes=2)
GONE = 410


def deliveries_send(seconds: float = 60) -> int:
    """Send what is due for a while; return how many were tried."""
    ends, sent = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        delivery = delivery_claim()
        if delivery is None:
            break
        delivery_send(delivery)
        sent += 1
    return sent


@transaction.atomic
def delivery_claim() -> WebhookDelivery | None:
    now = timezone.now()
    due = Q(state=DeliveryState.PENDING, due_at__lte=now) | Q(
        state=DeliveryState.SENDING, claimed_at__lt=now - STALE
    )
    waiting = WebhookDelivery.objects.filter(due).order_by("due_at", "id")
    found = waiting.select_for_update(skip_locked=True).first()
    if found is None:
        return None
    found.state, found.claimed_at, found.attempts = DeliveryState.SENDING, now, found.attempts + 1
    found.save(update_fields=["state", "claimed_at", "attempts"])
    return found


def delivery_send(delivery: WebhookDelivery) -> None:
    secret = delivery.run.automation.secret
    body = delivery.body.encode()
    try:
        answer = post(delivery.url, body, headers(secret, str(delivery.key), body))
    except OutgoingRefused as fault:
        settle(delivery, DeliveryState.DEAD, error=str(fault))
    except OutgoingFailed as fault:
        put_off(delivery, str(fault))
    else:
        if 200 <= answer.status < 300:
            settle(delivery, DeliveryState.SENT, status=answer.status)
        elif answer.status == GONE:
            settle(delivery, DeliveryState.DEAD, status=GONE, error=_("The receiver wants no more."))
        else:
            put_off(delivery, _("Answered %s.") % answer.status, answer.status)


def headers(secret: str, key: str, body: bytes) -> dict[str, str]:
    """`X-Tenure-Signature: t=SECONDS,v1=HEX`, the HMAC-SHA256 of `SECONDS.BODY` with the automation's secret."""
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Tenure-Delivery": key,
        "X-Tenure-Signature": f"t={stamp},v1={signature}",
    }


def put_off(delivery: WebhookDelivery, error: str, status: int | None = None) -> None:
    if delivery.attempts > len(PAUSES):
        settle(delivery, DeliveryState.DEAD, status=status, error=error)
        return
    due_at = timezone.now() + timedelta(minutes=PAUSES[delivery.attempts - 1])
    own(delivery).update(state=DeliveryState.PENDING, due_at=due_at, status=status, error=error[:500])


def settle(
    delivery: WebhookDelivery, state: DeliveryState, status: int | None = None, error: str = ""
) -> None:
    sent_at = timezone.now() if state == DeliveryState.SENT else None
    own(delivery).update(state=state, status=status, error=error[:500], sent_at=sent_at)


def own(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    """The row, while this claim is the newest."""
    return WebhookDelivery.objects.filter(pk=delivery.pk, claimed_at=delivery.claimed_at)


@transaction.atomic
def delivery_retry(*, actor: User, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send a dead message again. Raises ValidationError for any other."""
    require(actor, "automation.edit_automation")
    locked = WebhookDelivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if locked.state != DeliveryState.DEAD:
        raise ValidationError(_("Only a message that failed can be sent again."))
    locked.state, locked.attempts, locked.due_at = DeliveryState.PENDING, 0, timezone.now()
    locked.save(update_fields=["state", "attempts", "due_at"])
    record(
        actor=actor,
        action="automation.automation.resend",
        obj=locked.run.automation,
        after={"url": locked.url},
    )
    transaction.on_commit(lambda: enqueue(JOB))
    return locked
