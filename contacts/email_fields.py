"""What a template of an e-mail may name, and what stands there: only what its writer may see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from contacts.employers import employer_of
from contacts.models import Customer, EmailSignature
from crm.company.reading import long_day
from crm.company.selectors import company, company_day
from crm.staff.models import User


@dataclass(frozen=True)
class EmailFields:
    """Fields of a record that a mail may be about (EMAIL_FIELDS): `deal.name`; `values` are texts, by full name."""

    object_type: str  # sales.deal
    labels: Mapping[str, str | Promise]
    values: Callable[[User, Any], dict[str, str]]


LABELS: dict[str, str | Promise] = {
    "customer.name": _("Name of the customer"),
    "customer.first_name": _("First name"),
    "customer.last_name": _("Last name"),
    "customer.organisation": _("Organisation"),
    "customer.job_title": _("Job title"),
    "customer.city": _("City"),
    "owner.name": _("Name of the customer's owner"),
    "owner.email": _("E-mail of the customer's owner"),
    "sender.name": _("Your name"),
    "sender.first_name": _("Your first name"),
    "sender.email": _("Your e-mail"),
    "sender.signature": _("Your signature"),
    "company.name": _("Our company"),
    "today": _("Today"),
}


@cache
def declared() -> tuple[EmailFields, ...]:
    return tuple(import_string(path) for path in settings.EMAIL_FIELDS)


def labels() -> dict[str, str | Promise]:
    """All fields that a template may name."""
    return LABELS | {name: label for fields in declared() for name, label in fields.labels.items()}


def values(user: User, customer: Customer, about: models.Model | None) -> dict[str, str]:
    """Every field by its name; empty where there is nothing, or nothing that the writer may see."""
    employer = employer_of(user, customer)
    first, _space, last = customer.name.partition(" ") if customer.is_person else ("", "", "")
    found = {
        "customer.name": customer.name,
        "customer.first_name": first,
        "customer.last_name": last.rpartition(" ")[2],
        "customer.organisation": employer.name if employer else "" if customer.is_person else customer.name,
        "customer.job_title": customer.job_title,
        "customer.city": customer.city,
        "owner.name": customer.owner.name if customer.owner else "",
        "owner.email": customer.owner.email if customer.owner else "",
        "sender.name": user.name,
        "sender.first_name": user.name.partition(" ")[0],
        "sender.email": user.email,
        "sender.signature": signature_of(user),
        "company.name": company().name,
        "today": long_day(company_day()),
    }
    for fields in declared():
        is_this = about is not None and about._meta.label_lower == fields.object_type
        found |= fields.values(user, about) if is_this else dict.fromkeys(fields.labels, "")
    return found


def signature_of(user: User) -> str:
    row = EmailSignature.objects.filter(user=user).first()
    return row.text if row else ""


def nested(flat: Mapping[str, str]) -> dict[str, Any]:
    """{"customer.name": x} as Liquid wants it."""
    found: dict[str, Any] = {}
    for path, value in flat.items():
        head, _dot, tail = path.partition(".")
        if tail:
            found.setdefault(head, {})[tail] = value
        else:
            found[head] = value
    return found
