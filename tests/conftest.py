"""The cast that every test knows: five roles of the demo and an outsider who may see nothing."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import settings

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.access.models import Role
from crm.access.services import presets_create
from crm.company.models import Company
from crm.company.selectors import company_day, forget_company
from crm.kept import forget_all
from crm.staff.models import Team, User
from sales.models import Deal, Order, Pipeline, Stage
from sales.services.deal import deal_create
from sales.services.order import Line, order_create

# no test is timed; in CI the same examples every time: a rare one is found by people, not by chance in a landing
settings.register_profile("everywhere", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "everywhere")

PASSWORD = "tenure-demo"


@pytest.fixture(autouse=True)
def _fresh_company() -> Iterator[None]:
    forget_all()
    forget_company()
    yield
    forget_all()
    forget_company()


@pytest.fixture
def company(db: None) -> Company:
    """The company, in a zone east of Greenwich, so that days and moments differ."""
    return Company.objects.create(
        name="Halden & Ruiz", currency="USD", time_zone="Europe/Berlin", country="DE"
    )


@pytest.fixture
def root(company: Company) -> Team:
    return Team.objects.create(name="Company")


@pytest.fixture
def sales_team(root: Team) -> Team:
    return Team.objects.create(name="Sales", parent=root)


def person(name: str, team: Team, *roles: str) -> User:
    presets_create()
    user = User.objects.create_user(f"{name}@tenure.example", None, name=name.title())
    user.teams.add(team)
    for key in roles:
        Role.objects.get(key=key).users.add(user)
    return user


@pytest.fixture
def rep(sales_team: Team) -> User:
    return person("rep", sales_team, "sales-rep")


@pytest.fixture
def agent(root: Team) -> User:
    return person("agent", Team.objects.create(name="Support", parent=root), "support-agent")


@pytest.fixture
def marketer(root: Team) -> User:
    return person("marketer", Team.objects.create(name="Marketing", parent=root), "marketer")


@pytest.fixture
def manager(root: Team) -> User:
    return person("manager", root, "sales-manager", "support-lead", "analyst")


@pytest.fixture
def admin(root: Team) -> User:
    return person("admin", root, "administrator")


@pytest.fixture
def outsider(root: Team) -> User:
    """A member of staff with no role at all."""
    return person("outsider", Team.objects.create(name="Elsewhere", parent=root))


@pytest.fixture
def narrow(root: Team) -> User:
    """Sees and edits only what they own."""
    user = person("narrow", Team.objects.create(name="Narrow", parent=root))
    own = dict.fromkeys(("view", "edit", "delete"), "own") | {"create": "all"}
    objects = (
        "contacts.customer",
        "contacts.interaction",
        "contacts.task",
        "sales.order",
        "sales.deal",
        "sales.lead",
    )
    role = Role.objects.create(key="own-only", name="Own only", matrix=dict.fromkeys(objects, own))
    role.users.add(user)
    return user


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser (test client) of this person."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def customer(rep: User) -> Customer:
    return customer_create(
        actor=rep, values={"name": "Ada Lindqvist", "kind": "person"}, email="ada@lindqvist.example"
    )


@pytest.fixture
def place_order() -> Callable[..., Order]:
    """place_order(actor, customer, days_ago=3, amount="40.00")."""

    def place(actor: User, customer: Customer, *, days_ago: int = 3, amount: str = "40.00") -> Order:
        line = Line(Decimal(1), Decimal(amount), text="Beans")
        day = company_day() - timedelta(days=days_ago)
        return order_create(actor=actor, customer=customer, placed_on=day, currency="USD", lines=[line])

    return place


@pytest.fixture
def pipeline(company: Company) -> Pipeline:
    """The pipeline that every installation starts with."""
    first_pipeline()
    return Pipeline.objects.get(name="Sales")


@pytest.fixture
def stages(pipeline: Pipeline) -> dict[str, Stage]:
    """Its stages by name: Qualified, Needs known, Quote sent, Negotiation, Won, Lost."""
    return {stage.name: stage for stage in pipeline.stages.all()}


@pytest.fixture
def make_deal(stages: dict[str, Stage]) -> Callable[..., Deal]:
    """make_deal(actor, customer=None, amount=Decimal(900), stage=Qualified): of a customer found at a fair."""

    def make(actor: User, customer: Customer | None = None, **more: Any) -> Deal:
        if customer is None:
            values = {"name": "Café Sole", "kind": "organisation", "source": "Fair"}
            customer = customer_create(actor=actor, values=values)
        values = {"name": "Espresso bar", "customer": customer, "amount": Decimal(900), "currency": "USD"}
        return deal_create(actor=actor, values={**values, "stage": stages["Qualified"], **more})

    return make


def first_pipeline() -> None:
    """Write the rows of the migration again, where another test has emptied every table."""
    if not Pipeline.objects.exists():
        import_module("sales.migrations.0007_first_pipeline").begin(apps, None)


def database_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of ours, to compare before and after; sessions, sign-ins and the cache left out."""
    skipped = ("django_", "auth_", "account_", "mfa_", "usersessions_", "crm_cache")
    tables = [name for name in connection.introspection.table_names() if not name.startswith(skipped)]
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            rows[table] = cursor.fetchall()
    return rows


@pytest.fixture
def unchanged(db: None) -> Callable[[], None]:
    """Call it at the end: fails unless every table holds just what it held when the fixture was called first."""
    before: list[Any] = []

    def check() -> None:
        now = database_rows()
        if not before:
            before.append(now)
        assert now == before[0]

    return check


@pytest.fixture
def count_queries() -> Callable[[], CaptureQueriesContext]:
    return lambda: CaptureQueriesContext(connection)
