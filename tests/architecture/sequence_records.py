"""Sequences and enrolments of somebody, for the addresses that name them."""

from collections.abc import Callable
from typing import Any

from contacts.models import Customer
from crm.staff.models import User
from crm.staff.selectors import default_team
from sales.models import Enrolment, Sequence, SequenceStep


def sequence_of(owner: User, customer: Customer) -> Sequence:
    found = Sequence.objects.filter(owner=owner).first()
    return found or Sequence.objects.create(
        name=f"Secret {customer.pk}", owner=owner, team=default_team(owner)
    )


def enrolment_of(owner: User, customer: Customer) -> Enrolment:
    sequence = sequence_of(owner, customer)
    step, _new = SequenceStep.objects.get_or_create(sequence=sequence, kind="task", title="Secret")
    found = Enrolment.objects.filter(customer=customer, state="active").first()
    return found or Enrolment.objects.create(sequence=sequence, customer=customer, sender=owner, step=step)


FACTORIES: dict[str, Callable[[User, Customer], Any]] = {
    "sequences": sequence_of,
    "enrolments": enrolment_of,
    "enrol": lambda owner, customer: customer,
}
