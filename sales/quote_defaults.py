"""What a new quote begins with: whom it is for, on which terms, until when."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from contacts.choices import PointKind
from contacts.models import ContactPoint, Customer
from contacts.selectors import customers
from crm.company.selectors import company, company_day
from crm.staff.models import User
from crm.texts import INVISIBLE
from crm.world import country_name
from sales.choices import DealRole, QuoteStatus
from sales.models import Deal, Quote

USUAL_DAYS = 30


def new_values(user: User, deal: Deal) -> dict[str, Any]:
    """Tax and terms are those of the newest quote that was sent, as far as the writer may see it."""
    sent = Quote.objects.exclude(status=QuoteStatus.DRAFT).visible_to(user).order_by("-pk").first()
    return {
        "title": seen(deal.name)[:200],
        "valid_until": company_day() + timedelta(days=USUAL_DAYS),
        "tax_rate": sent.tax_rate if sent else Decimal(0),
        "intro": _("Thank you for your interest. This is what we offer you:"),
        "terms": sent.terms
        if sent
        else _("Prices do not include delivery. Payable within 30 days of the invoice."),
        **addressee(user, deal.customer),
        **sender(),
    }


def sender() -> dict[str, Any]:
    found = company()
    return {"sender_name": found.name, "sender_address": found.address}


def addressee(user: User, customer: Customer) -> dict[str, Any]:
    """Who would pay, and for the attention of whom; an employer whom the writer may not see is not named."""
    employer = customer.organisation if customer.is_person else None
    payer = customers(user).filter(pk=employer.pk).first() if employer else None
    named = payer or customer
    lines = [
        seen(customer.name) if payer else "",
        *address_lines(named if payer or named.street else customer),
    ]
    return {
        "receiver_name": seen(named.name)[:200],
        "receiver_address": "\n".join(line for line in lines if line)[:500],
    }


def address_lines(customer: Customer) -> list[str]:
    town = " ".join(filter(None, (customer.postal_code, customer.city)))
    country = country_name(customer.country) if customer.country not in ("", company().country) else ""
    return [seen(text) for text in (customer.street, town, customer.region, country) if text]


def seen(text: str) -> str:
    """Without what cannot be seen and would be refused where it is typed."""
    return INVISIBLE.sub("", " ".join(text.split()))


def addresses(user: User, deal: Deal) -> list[str]:
    """Where a quote might be sent: who decides first, then the customer; nobody whom the writer may not see."""
    roles = dict(deal.people.values_list("customer_id", "role"))
    visible = set(customers(user).filter(pk__in=[*roles, deal.customer_id]).values_list("pk", flat=True))
    points = ContactPoint.objects.filter(customer__in=visible, kind=PointKind.EMAIL, is_bounced=False)
    rows = points.order_by("-is_primary", "pk").values_list("customer_id", "value")
    ranked = sorted(
        rows, key=lambda row: (roles.get(row[0]) != DealRole.DECISION_MAKER, row[0] != deal.customer_id)
    )
    return list(dict.fromkeys(value for _pk, value in ranked))
