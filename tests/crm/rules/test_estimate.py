"""How many: exactly for a few, from a sample for many, and never longer than a page may take."""

import pytest
from django.db.models import CharField, Func, Value

from contacts.kinds import CUSTOMERS
from contacts.models import Customer
from crm.rules import estimate as estimates
from crm.rules.estimate import estimate, exact
from crm.staff.models import User


@pytest.fixture
def crowd(customer: Customer) -> int:
    Customer.objects.bulk_create(
        Customer(name="X", sort_name="x", team=customer.team, city="Bern" if index % 4 == 0 else "")
        for index in range(3_000)
    )
    return 3_001


def test_a_small_table_is_counted(crowd: int, admin: User) -> None:
    assert (estimate(CUSTOMERS.rows()).count, estimate(CUSTOMERS.rows()).is_exact) == (crowd, True)


def test_a_large_one_is_judged_by_a_sample(crowd: int, admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "SMALL", 100)
    monkeypatch.setattr(estimates, "SAMPLE", 1_000)
    found = estimate(CUSTOMERS.rows().filter(city="Bern"))
    assert not found.is_exact
    assert abs(found.count - 750) <= 2 * found.margin


def test_a_count_that_takes_too_long_stays_an_estimate(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nap = Func(Value(0.3), template="(pg_sleep(%(expressions)s)::text)", output_field=CharField())
    slow = CUSTOMERS.rows().annotate(nap=nap).filter(nap="")
    assert exact(slow).is_exact
    monkeypatch.setattr(estimates, "EXACT_MILLISECONDS", 100)
    asked: list[int] = []
    monkeypatch.setattr(estimates, "estimate", lambda rows: asked.append(1) or estimates.Estimate(1, 1))
    assert not exact(slow).is_exact
    assert asked == [1]
    assert Customer.objects.count() == 1, "the connection is as good as before"
