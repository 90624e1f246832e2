"""Rules over a million customers: a filtered list and its count against the page floor; many tagged at once."""

import json
import os
import signal
from typing import Any
from urllib.parse import urlencode

from django.db import connection, transaction

from contacts.models import Customer
from crm.bulk.actions import list_actions
from crm.bulk.models import BulkRun
from crm.bulk.services import counts, run_create, run_finish
from crm.fields.models import CustomField
from crm.fields.services import custom_field_create
from crm.records.kinds import kinds
from crm.staff.models import User
from tests.bench.company import CUSTOMERS
from tests.bench.ledger import Ledger, median_seconds, seconds
from tests.bench.pages import REQUESTS, cookie, free_port, p95, start_server, wait_for

KIND = "contacts.customer"
#: every tenth customer lives in each city
MANY = CUSTOMERS // 10
TIERS = ("bronze", "silver", "gold", "platinum")
RULES: dict[str, dict[str, Any]] = {
    "value, orders and a custom field": {
        "all": [
            {"field": "lifetime_value", "op": "gte", "value": 200},
            {
                "any": [
                    {"field": "custom.tier", "op": "any_of", "value": ["gold", "platinum"]},
                    {"not": {"field": "city", "op": "is", "value": "Oslo"}},
                ]
            },
            {
                "related": "orders",
                "op": "count_at_least",
                "value": 3,
                "where": {"field": "placed_on", "op": "in_last", "value": {"count": 365, "unit": "day"}},
            },
        ]
    },
    "few match": {
        "all": [
            {"field": "custom.tier", "op": "any_of", "value": ["platinum"]},
            {"related": "orders", "op": "sum_at_least", "of": "base_amount", "value": 20_000},
        ]
    },
}


def run(ledger: Ledger) -> None:
    custom_field_load()
    port = free_port()
    server = start_server(port)
    try:
        wait_for(port)
        measure(ledger, port)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
    bulk_tag(ledger)


def custom_field_load() -> None:
    """A choice field of which every customer holds one value."""
    if CustomField.objects.filter(kind=KIND, key="tier").exists():
        return
    actor = User.objects.get(email="all@bench.example")
    values = {"label": "Tier", "type": "choice", "choices": [[tier, tier.title()] for tier in TIERS]}
    custom_field_create(actor=actor, kind=KIND, values=values)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_customer SET custom = jsonb_build_object('tier', (%s::text[])[id %% 4 + 1])",
            [list(TIERS)],
        )
        cursor.execute("VACUUM (ANALYZE) contacts_customer")


def measure(ledger: Ledger, port: int) -> None:
    everything, blind = (cookie(User.objects.get(email=f"{name}@bench.example")) for name in ("all", "blind"))
    floor = p95(port, ["/bench/floor/"], everything, REQUESTS * 2)
    for words, rule in RULES.items():
        query = urlencode({"rule": json.dumps(rule)})
        for name, who in (("", everything), (", sees almost nothing", blind)):
            page, count = f"/customers/?{query}", f"/lists/contacts-customer/rule/count/?{query}"
            ledger.add(f"list by a rule, {words}{name}, p95", p95(port, [page], who, 40), floor, 6)
            ledger.add(f"live count, {words}{name}, p95", p95(port, [count], who, 40), floor, 70)


def bulk_tag(ledger: Ledger) -> None:
    """All results tagged, batches and audit included, against one UPDATE of as many rows; both rolled back."""
    actor = User.objects.get(email="all@bench.example")
    pks = list(Customer.objects.filter(city="Oslo").values_list("pk", flat=True))

    def update() -> None:
        with transaction.atomic():
            Customer.objects.filter(pk__in=pks).update(region="Floor")
            transaction.set_rollback(True)

    with transaction.atomic():
        rule = {"field": "city", "op": "is", "value": "Oslo"}
        made = run_create(
            actor=actor, kind=kinds()[KIND], action=list_actions()["tag"], params={"tag": "Bench"},
            selection={"query": urlencode({"rule": json.dumps(rule)})},
        )  # fmt: skip
        taken = seconds(lambda: run_finish(BulkRun.objects.get(pk=made.pk)))
        if counts(made)["changed"] != MANY:
            raise AssertionError(f"{counts(made)} instead of {MANY}")
        transaction.set_rollback(True)
    ledger.add(f"tag {MANY:,} customers / one UPDATE of them", taken, median_seconds(update, 3), 10)
