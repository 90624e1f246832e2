"""A changed order wakes its payer: statistics and values follow, nothing is lost, nothing is counted twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from analytics.models import PayerStatistics
from analytics.selectors.orders import purchase_days
from analytics.selectors.runs import value_settings
from analytics.selectors.statistics import stored_payers
from analytics.services.refresh import value_refresh
from analytics.services.statistics import statistics_pull
from contacts.models import Customer, CustomerValue, DirtyCustomer
from contacts.services.dirty import mark_dirty
from crm.company.selectors import company_day
from crm.jobs.models import Job
from crm.staff.models import User
from sales.models import Order
from sales.services.order import order_cancel
from tests.analytics.company import another_connection, order, shop

pytestmark = pytest.mark.django_db
Place = Callable[..., Order]


def test_a_new_order_re_scores_its_customer_and_only_that_one(
    rep: User, customer: Customer, place_order: Place
) -> None:
    shop(300, company_day(), first=1000)
    value_refresh()
    assert not CustomerValue.objects.filter(customer=customer).exists()
    before = dict(CustomerValue.objects.values_list("pk", "computed_at"))
    place_order(rep, customer, days_ago=0)
    assert statistics_pull() == 1
    value = CustomerValue.objects.get(customer=customer)
    assert (value.frequency, value.recency_days, value.total_spend) == (1, 0, 40.0)
    assert value.churn_risk is not None
    assert value.lifetime_value is not None
    assert dict(CustomerValue.objects.exclude(pk=customer.pk).values_list("pk", "computed_at")) == before
    assert not DirtyCustomer.objects.exists()


def test_a_cancelled_order_is_taken_back(
    rep: User, manager: User, customer: Customer, place_order: Place
) -> None:
    shop(300, company_day(), first=1000)
    placed = place_order(rep, customer, days_ago=0)
    value_refresh()
    assert CustomerValue.objects.filter(customer=customer).exists()
    order_cancel(actor=manager, order=placed)
    statistics_pull()
    assert not CustomerValue.objects.filter(customer=customer).exists()
    assert not PayerStatistics.objects.filter(customer=customer).exists()


def test_statistics_kept_by_pulls_are_those_of_all_orders() -> None:
    day = company_day()
    team = shop(200, day)
    value_refresh()
    for step in range(5):
        Order.objects.filter(payer_id=10 * step + 1).order_by("pk").first().delete()  # type: ignore[union-attr]
        Order.objects.bulk_create(
            [order(team, 10 * step + 2, day - timedelta(days=step), 33, f"late {step}")]
        )
        mark_dirty([10 * step + 1, 10 * step + 2], "order")
        statistics_pull()
    kept, fresh = stored_payers(), purchase_days(value_settings()).payers()
    assert kept.payer.argsort().size == len(fresh)
    place = kept.payer.argsort()
    for name in ("payer", "first", "last", "days", "orders"):
        assert getattr(kept, name)[place].tolist() == getattr(fresh, name).tolist()
    for name in ("amount", "repeat_amount", "recent_amount"):
        assert getattr(kept, name)[place].tolist() == pytest.approx(getattr(fresh, name).tolist())


def test_before_the_first_refresh_dirty_rows_wait() -> None:
    shop(5, company_day())
    mark_dirty([1], "order")
    assert statistics_pull() == 0
    assert DirtyCustomer.objects.count() == 1
    value_refresh()
    assert not DirtyCustomer.objects.exists()
    assert PayerStatistics.objects.count() == 5


def test_dirty_rows_of_customers_that_are_gone_are_swept_away() -> None:
    shop(200, company_day())
    value_refresh()
    before = list(CustomerValue.objects.order_by("pk").values_list("pk", "total_spend"))
    mark_dirty([7, 999_999], "order")
    statistics_pull()
    assert not DirtyCustomer.objects.exists()
    assert not PayerStatistics.objects.filter(customer_id=999_999).exists()
    assert list(CustomerValue.objects.order_by("pk").values_list("pk", "total_spend")) == before


@pytest.mark.django_db(transaction=True)
def test_an_order_that_commits_late_is_not_lost() -> None:
    """Its dirty row is not visible to the pull that runs meanwhile, so it is still there for the next one."""
    day = company_day()
    team = shop(200, day)
    value_refresh()
    with transaction.atomic(), another_connection() as other:
        Order.objects.bulk_create([order(team, 7, day, 1000, "late")])
        mark_dirty([7], "order")
        seen = other.execute("SELECT count(*) FROM contacts_dirtycustomer").fetchone()
        assert seen == (0,)
    assert statistics_pull() == 1
    assert CustomerValue.objects.get(customer_id=7).recency_days == 0


def test_the_first_order_of_a_company_asks_for_the_first_refresh(
    rep: User, customer: Customer, place_order: Place
) -> None:
    place_order(rep, customer, days_ago=0)
    assert statistics_pull() == 0
    assert Job.objects.filter(name="analytics.value_refresh", state="queued").count() == 1
    value_refresh()
    assert CustomerValue.objects.get(customer=customer).state == "too_little_data"
