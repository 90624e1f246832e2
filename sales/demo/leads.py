"""The leads of the fictional company: those its customers say they are, with clocks that ran."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from contacts.choices import LeadStatus
from contacts.models import Customer
from crm.assignment.models import Pool
from crm.staff.models import User
from sales.choices import DisqualifyReason
from sales.models import Lead, LeadRule
from sales.services.lead_keep import touch_due

SOURCES = ("Website", "Trade fair", "Referral", "Cold call")


def load(*, seed: int = 5) -> None:
    """Twice is once."""
    if Lead.objects.exists():
        return
    random = Random(seed)  # noqa: S311 - the same company every time, nothing secret
    rows = [lead_of(random, customer) for customer in Customer.objects.alive().exclude(lead_status="")]
    Lead.objects.bulk_create(rows, batch_size=1_000)
    pool, admin = (
        Pool.objects.filter(name="New leads").first(),
        User.objects.get(email="admin@tenure.example"),
    )
    if pool is not None:
        LeadRule.objects.create(name="Everybody in turn", pool=pool, saved_by=admin)


def lead_of(random: Random, customer: Customer) -> Lead:
    is_new = customer.lead_status == LeadStatus.NEW
    came_at = timezone.now() - timedelta(hours=random.uniform(0.5, 30 if is_new else 900))
    minutes = None if is_new else random.randrange(10, 400)
    return Lead(
        customer=customer,
        status=customer.lead_status,
        source=customer.source or random.choice(SOURCES),
        owner_id=customer.owner_id,
        team_id=customer.team_id,
        came_at=came_at,
        due_at=touch_due(came_at),
        touched_at=None if minutes is None else came_at + timedelta(minutes=minutes),
        touch_minutes=minutes,
        reason=random.choice(list(DisqualifyReason)).value
        if customer.lead_status == LeadStatus.DISQUALIFIED
        else "",
    )
