"""The fictional company: whole, alive today, the same every time, loaded once."""

from datetime import timedelta

import phonenumbers
import pytest

from contacts import demo as contacts_demo
from contacts.models import Consent, ContactPoint, Customer, Interaction, Relationship, Task
from crm.access.models import Role
from crm.company.selectors import company, company_day
from crm.search.models import SearchRow
from crm.search.selectors import search
from crm.staff import demo as staff_demo
from crm.staff.models import Team, User
from sales import demo as sales_demo
from sales.models import Order, OrderLine, Product

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def _loaded(db: None) -> None:
    for part in (staff_demo, contacts_demo, sales_demo):
        part.load()


@pytest.mark.usefixtures("_loaded")
def test_the_company_is_whole_and_alive() -> None:
    today = company_day()
    assert company().currency == "EUR"
    assert Team.objects.get(name="Sales North").parent == Team.objects.get(name="Sales")
    roles = Role.objects.filter(users__email="manager@tenure.example").values_list("key", flat=True)
    assert set(roles) == {"sales-manager", "support-lead", "analyst"}
    assert User.objects.get(email="rep@tenure.example").check_password(staff_demo.PASSWORD)

    assert 3_000 < Customer.objects.count() < 5_000
    assert Customer.objects.filter(kind="organisation", people__isnull=False).exists()
    numbers = ContactPoint.objects.filter(kind="phone").values_list("value", flat=True)[:200]
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers)
    assert not ContactPoint.objects.filter(kind="email").exclude(value__endswith=".example").exists()
    assert min(model.objects.count() for model in (Relationship, Consent, Product)) > 0

    rep = User.objects.get(email="rep@tenure.example")
    assert Customer.objects.filter(owner=rep).count() > 200
    mine = Task.objects.filter(owner=rep, done_at=None)
    assert mine.filter(due_on__lt=today).exists()
    assert mine.filter(due_on=today).exists()
    assert mine.filter(due_on__gt=today).exists()
    assert not Interaction.objects.filter(happened_at__date__gt=today).exists()

    orders = Order.objects.all()
    assert orders.count() > 15_000
    assert orders.filter(placed_on__gte=today - timedelta(days=3)).exists()
    assert not orders.filter(placed_on__gt=today).exists()
    assert set(orders.values_list("status", flat=True)) == {"placed", "cancelled", "returned"}
    assert not orders.filter(lines=None).exists()
    assert SearchRow.objects.filter(object_type="sales.order").count() == orders.count()
    assert SearchRow.objects.filter(object_type="contacts.customer").count() == Customer.objects.count()
    assert search(rep, "guji 250", types=["sales.product"])[0].title == "Ethiopia Guji, 250 g"


@pytest.mark.usefixtures("_loaded")
def test_loaded_twice_is_loaded_once() -> None:
    models = (User, Team, Customer, ContactPoint, Interaction, Task, Order, OrderLine, SearchRow)
    before = [model._default_manager.count() for model in models]
    for part in (staff_demo, contacts_demo, sales_demo):
        part.load()
    assert [model._default_manager.count() for model in models] == before
