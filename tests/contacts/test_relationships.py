"""Relationships that can be: people work at organisations, households are of people, nobody is related to oneself."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from contacts.models import Customer
from contacts.selectors import relationships
from contacts.services.customer import customer_create, customer_edit
from contacts.services.engagement import relationship_create
from crm.staff.models import User


@pytest.fixture
def firm(rep: User) -> Customer:
    return customer_create(actor=rep, values={"name": "Firm", "kind": "organisation"})


def test_an_organisation_works_for_nobody_and_lives_with_nobody(
    rep: User, customer: Customer, firm: Customer, unchanged: Callable[[], None]
) -> None:
    unchanged()
    for one, other, kind in (
        (firm, customer, "works_for"),
        (customer, customer, "referred_by"),
        (customer, firm, "household"),
    ):
        with pytest.raises(ValidationError):
            relationship_create(actor=rep, customer=one, other=other, kind=kind)
    unchanged()


def test_the_employer_is_not_told_twice(rep: User, customer: Customer, firm: Customer) -> None:
    relationship_create(actor=rep, customer=customer, other=firm, kind="works_for")
    assert len(relationships(rep, customer)) == 1
    customer_edit(actor=rep, customer=customer, values={"organisation": firm}, version=customer.version)
    assert relationships(rep, Customer.objects.get(pk=customer.pk)) == []
