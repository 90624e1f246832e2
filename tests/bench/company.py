"""A generated company: customers and ten orders for each, loaded by COPY; BENCH_CUSTOMERS scales it."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
from django.db import connection, transaction

from contacts.models import Customer
from crm.access.models import Role
from crm.access.services import presets_create
from crm.columnar.binary_copy import Cells, raw_connection, write_rows
from crm.company.models import Company
from crm.search.folding import index_text, sort_name
from crm.staff.models import Team, User
from sales.models import Order

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
ORDERS_EACH = 10
TODAY = date(2026, 6, 30)
DAYS = 3 * 365
SEED = 20260630
GIVEN = (
    "Ada", "Bo", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ivo",
    "Jun", "Kofi", "Lena", "Marta", "Nils", "Olga", "Pia", "Quinn", "Rosa",
    "Sven", "Tara",
)  # fmt: skip
FAMILY = (
    "Andersson", "Baker", "Castillo", "Demir", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito",
    "Jansen", "Kowalski", "Larsen", "Moreau", "Nowak", "Okafor", "Petrov", "Quist", "Rossi",
    "Schmidt", "Tanaka", "Umarov", "Varga", "Weber", "Xu", "Yilmaz", "Zhang",
)  # fmt: skip
CITIES = ["Oslo", "Lyon", "Porto", "Gdansk", "Izmir", "Leeds", "Bergen", "Malaga", "Graz", "Turku"]
ANCHOR = datetime(2026, 6, 1, tzinfo=UTC)


def load() -> None:
    """Fill an empty, migrated database."""
    staff_load()
    customers_load()
    narrow_orders_load()
    orders_load()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def staff_load() -> None:
    Company.objects.create(name="Bench", currency="USD", time_zone="UTC")
    presets_create()
    root = Team.objects.create(name="Company")
    teams = [Team.objects.create(name=f"Team {index}", parent=root) for index in range(10)]
    everything = User.objects.create_user("all@bench.example", None, name="Sees all")
    everything.roles.add(Role.objects.get(key="administrator"))
    everything.teams.add(root)
    own = dict.fromkeys(("view", "create", "edit", "delete"), "own")
    objects = ("contacts.customer", "contacts.task", "contacts.interaction", "sales.order", "sales.deal")
    matrix = dict.fromkeys(objects, own)
    blind = User.objects.create_user("blind@bench.example", None, name="Sees little")
    blind.roles.add(
        Role.objects.create(key="blind", name="Blind", matrix={**matrix, "analytics.value": {"view": "all"}})
    )
    blind.teams.add(teams[0])


def customers_load() -> None:
    """Every 50,000th customer belongs to the one who sees almost nothing."""
    teams = list(Team.objects.exclude(parent=None).order_by("pk").values_list("pk", flat=True))
    everything, blind = User.objects.order_by("pk").values_list("pk", flat=True)[:2]
    columns = (
        "id, version, created_at, updated_at, owner_id, team_id, kind, name, sort_name, job_title, street, postal_code,"
        " city, region, country, language, time_zone, source, lead_status, custom"
    )
    with transaction.atomic(), raw_connection().cursor() as cursor:
        with cursor.copy(f"COPY contacts_customer ({columns}) FROM STDIN") as copy:
            for row in customer_rows(teams, everything, blind):
                copy.write_row(row)
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('contacts_customer', 'id'), %s)", [CUSTOMERS + 1]
        )
        columns = "object_type, object_id, title, subtitle, text, owner_id, team_id"
        with cursor.copy(f"COPY search_searchrow ({columns}) FROM STDIN") as copy:
            for row in customer_rows(teams, everything, blind):
                text = index_text(row[7], row[12], f"c{row[0]}@example.org")
                copy.write_row(("contacts.customer", row[0], row[7], row[12], text, row[4], row[5]))


def customer_rows(teams: list[int], everything: int, blind: int) -> Iterator[tuple[object, ...]]:
    for pk in range(1, CUSTOMERS + 1):
        name = f"{GIVEN[pk % 20]} {FAMILY[pk // 20 % 26]} {pk}"
        at = ANCHOR.fromtimestamp(ANCHOR.timestamp() - pk, UTC)
        owner = blind if pk % 50_000 == 1 else everything if pk % 3 else None
        team, city = teams[pk % 9 + 1], CITIES[pk % 10]
        yield (
            pk,
            1,
            at,
            at,
            owner,
            team,
            "person",
            name,
            sort_name(name),
            "",
            "",
            "",
            city,
            "",
            "NO",
            "",
            "",
            "",
            "",
            "{}",
        )


def narrow_orders_load() -> None:
    """The narrow table of the scan floor: id, customer, placed_at, amount in cents; gamma-mixed buyers who drop out."""
    random = np.random.default_rng(SEED)
    rows = CUSTOMERS * ORDERS_EACH
    weights = random.gamma(0.8, 1.0, CUSTOMERS) + 0.02
    counts = random.multinomial(rows - CUSTOMERS, weights / weights.sum()) + 1
    customer = np.repeat(np.arange(1, CUSTOMERS + 1), counts)
    first = random.integers(0, DAYS - 30, CUSTOMERS)
    life = np.minimum(random.exponential(500, CUSTOMERS).astype(int) + 1, DAYS - first)
    offset = (random.random(rows) * np.repeat(life, counts)).astype(int)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    offset[starts] = 0
    day = np.repeat(first, counts) + offset + (TODAY - date(1970, 1, 1)).days - DAYS
    order = np.argsort(day, kind="stable")
    cents = (random.gamma(3, 1400, rows) + 100).astype(int)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bench_order (id bigint, customer int, placed_at timestamptz, cents int)"
            )
        columns = [
            Cells("id", "int8", np.arange(1, rows + 1)),
            Cells("customer", "int4", customer[order]),
            Cells("placed_at", "timestamptz", (day[order] * 86_400 + 43_200) * 1_000_000),
            Cells("cents", "int4", cents),
        ]
        write_rows("bench_order", columns, rows)


def orders_load() -> None:
    """The orders of the program from the narrow table; indexes are built after."""
    table = Order._meta.db_table
    everything = User.objects.order_by("pk").values_list("pk", flat=True)[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table])
        indexes = cursor.fetchall()
        cursor.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass"
                       " AND contype IN ('u', 'f')", [table])  # fmt: skip
        constraints = cursor.fetchall()
        for name, _definition in constraints:
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        kept = {name for name, _definition in constraints} | {f"{table}_pkey"}
        for name, _definition in indexes:
            if name not in kept:
                cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(f"""
            INSERT INTO "{table}" (id, version, created_at, updated_at, owner_id, team_id, customer_id, payer_id,
                source, external_id, status, placed_at, placed_on, currency, amount, base_amount)
            SELECT b.id, 1, b.placed_at, b.placed_at, {everything}, c.team_id, b.customer, b.customer, 'bench',
                b.id::text, 'placed', b.placed_at, b.placed_at::date, 'USD', b.cents / 100.0, b.cents / 100.0
            FROM bench_order b JOIN contacts_customer c ON c.id = b.customer ORDER BY b.id""")
        for name, definition in sorted(constraints, key=lambda item: item[1].startswith("FOREIGN")):
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')
        for name, definition in indexes:
            if name not in kept:
                cursor.execute(definition)
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), %s)", [CUSTOMERS * ORDERS_EACH + 1]
        )


def is_loaded() -> bool:
    return Customer.objects.exists() and Order.objects.exists()
