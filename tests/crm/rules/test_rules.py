"""Every operator against rows of the database, and what a rule may not ask."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contacts.kinds import CUSTOMERS
from contacts.models import Customer, CustomerValue
from contacts.services.customer import customer_create, customer_tag
from contacts.services.engagement import task_create
from contacts.services.points import point_create
from crm.company.models import Company
from crm.company.selectors import company_day, forget_company
from crm.fields.models import CustomField
from crm.rules.compile import Reading, compiled, condition, problems
from crm.rules.errors import RuleError
from crm.rules.explain import explain
from crm.rules.tree import DEEPEST, read_text, read_tree, write_tree
from crm.rules.words import in_words
from crm.staff.models import User


def make(owner: User, name: str, **values: Any) -> Customer:
    return customer_create(actor=owner, values={"name": name, "kind": "person", **values})


def matching(user: User, rule: dict[str, Any]) -> set[str]:
    rows = CUSTOMERS.visible(user).filter(condition(CUSTOMERS, user, read_tree(rule)))
    names = list(rows.values_list("name", flat=True))
    assert len(names) == len(set(names)), "a rule must not repeat rows"
    return set(names)


def worth(customer: Customer, **values: Any) -> None:
    today = company_day()
    CustomerValue.objects.create(
        customer=customer,
        run_number=1,
        as_of=today,
        computed_at="2026-01-01T00:00Z",
        state="predicted",
        **values,
    )


@pytest.fixture
def people(admin: User) -> list[Customer]:
    ada = make(admin, "Ada", city="Bern", country="CH", lead_status="new")
    ben = make(admin, "Ben", city="Berlin", country="DE")
    cleo = make(admin, "Cleo")
    worth(
        ada,
        lifetime_value=500.5,
        churn_risk=0.8,
        rfm_group="at_risk",
        last_order_on=company_day(),
        frequency=2,
    )
    worth(
        ben,
        lifetime_value=20,
        churn_risk=0.1,
        rfm_group="new",
        last_order_on=company_day() - timedelta(40),
        frequency=1,
    )
    customer_tag(actor=admin, customer=ada, names=["vip", "press"])
    customer_tag(actor=admin, customer=ben, names=["vip"])
    point_create(actor=admin, customer=ada, kind="email", text="ada@bern.example")
    return [ada, ben, cleo]


def field(name: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": name, "op": op, "value": value}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (field("city", "is", "bern"), "Ada"),
        (field("city", "is_not", "bern"), "Ben Cleo"),
        (field("city", "contains", "ER"), "Ada Ben"),
        (field("city", "not_contains", "lin"), "Ada Cleo"),
        (field("city", "begins", "ber"), "Ada Ben"),
        (field("city", "empty"), "Cleo"),
        (field("city", "not_empty"), "Ada Ben"),
        (field("lifetime_value", "gt", 20), "Ada"),
        (field("lifetime_value", "gte", "20"), "Ada Ben"),
        (field("lifetime_value", "ne", 20), "Ada Cleo"),
        (field("lifetime_value", "between", [0, 100]), "Ben"),
        (field("lifetime_value", "empty"), "Cleo"),
        (field("churn_risk", "lt", 0.5), "Ben"),
        (field("frequency", "eq", 1.5), ""),
        (field("frequency", "gte", 1.5), "Ada"),
        (field("frequency", "lte", "1.5"), "Ben"),
        (field("frequency", "between", [1.5, 2.5]), "Ada"),
        (field("rfm_group", "any_of", ["at_risk", "lost"]), "Ada"),
        (field("rfm_group", "none_of", ["at_risk"]), "Ben Cleo"),
        (field("rfm_group", "empty"), "Cleo"),
        (field("country", "any_of", ["CH", "DE"]), "Ada Ben"),
        (field("last_order_on", "in_last", {"count": 30, "unit": "day"}), "Ada"),
        (field("last_order_on", "before_last", {"count": 1, "unit": "month"}), "Ben"),
        (field("last_order_on", "in_period", "today"), "Ada"),
        (field("last_order_on", "not_empty"), "Ada Ben"),
        (field("created_at", "in_period", "today"), "Ada Ben Cleo"),
        (field("created_at", "before", "2020-01-01"), ""),
        (field("owner", "any_of", ["me"]), "Ada Ben Cleo"),
        (field("owner", "none_of", ["me"]), ""),
        (field("email", "contains", "bern"), "Ada"),
        (field("email", "not_contains", "bern"), "Ben Cleo"),
        (field("email", "empty"), "Ben Cleo"),
        ({"not": field("lifetime_value", "gt", 100)}, "Ben Cleo"),
        ({"any": [field("city", "is", "Bern"), field("name", "is", "Cleo")]}, "Ada Cleo"),
        ({"all": [field("city", "is", "Bern"), {"not": field("name", "is", "Cleo")}]}, "Ada"),
        ({"all": [field("city", "is", "Bern"), {"any": []}]}, "Ada"),
        ({}, "Ada Ben Cleo"),
    ],
    ids=str,
)
def test_a_condition_matches_what_it_says(
    rule: dict[str, Any], expected: str, people: list[Customer], admin: User
) -> None:
    assert matching(admin, rule) == set(expected.split())


@pytest.mark.parametrize(
    ("op", "names", "expected"),
    [
        ("any_of", ["vip", "press"], "Ada Ben"),
        ("all_of", ["vip", "press"], "Ada"),
        ("none_of", ["press"], "Ben Cleo"),
    ],
)
def test_tags(op: str, names: list[str], expected: str, people: list[Customer], admin: User) -> None:
    keys = [tag.pk for tag in people[0].tags.all() if tag.name in names]
    assert matching(admin, field("tags", op, keys)) == set(expected.split())


def related(op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"related": "orders", "op": op, "value": value, **more}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (related("some"), "Ada Ben"),
        (related("none"), "Cleo"),
        (related("count_at_least", 2), "Ada"),
        (related("count_at_most", 1), "Ben Cleo"),
        (related("count_at_most", 0), "Cleo"),
        (related("count_at_least", "1.5"), "Ada"),
        (related("count_at_most", "1.5"), "Ben Cleo"),
        (related("count_at_least", 0), "Ada Ben Cleo"),
        ({"not": related("count_at_least", 0)}, ""),
        (related("count_at_most", -1), ""),
        ({"not": related("count_at_most", -1)}, "Ada Ben Cleo"),
        (related("sum_at_least", 100, of="base_amount"), "Ada"),
        (related("some", where=field("placed_on", "in_last", {"count": 10, "unit": "day"})), "Ada"),
        (related("none", where=field("base_amount", "gt", 50)), "Ben Cleo"),
        (related("some", where={"related": "lines", "op": "some", "where": field("text", "is", "beans")}), "Ada Ben"),
        ({"not": related("some")}, "Cleo"),
    ],
    ids=str,
)  # fmt: skip
def test_records_that_hang_on_the_customer(
    rule: dict[str, Any], expected: str, people: list[Customer], admin: User, place_order: Any
) -> None:
    place_order(admin, people[0], days_ago=3, amount="70.00")
    place_order(admin, people[0], days_ago=90, amount="40.00")
    place_order(admin, people[1], days_ago=90, amount="40.00")
    assert matching(admin, rule) == set(expected.split())


@pytest.mark.parametrize(
    ("type_", "values", "rule", "expected"),
    [
        ("number", {"Ada": 5, "Ben": 10}, field("custom.x", "gt", 9), "Ben"),
        ("number", {"Ada": 5, "Ben": 10}, {"not": field("custom.x", "gt", 9)}, "Ada Cleo"),
        ("number", {"Ada": 5}, field("custom.x", "ne", 7), "Ada Ben Cleo"),
        ("text", {"Ada": "Red wine"}, field("custom.x", "contains", "WINE"), "Ada"),
        ("text", {"Ada": "Red wine"}, field("custom.x", "is_not", "beer"), "Ada Ben Cleo"),
        ("date", {"Ada": "2026-02-01", "Ben": "2025-12-31"}, field("custom.x", "after", "2026-01-01"), "Ada"),
        ("choice", {"Ada": "s", "Ben": "m"}, field("custom.x", "any_of", ["s"]), "Ada"),
        ("choice", {"Ada": "s", "Ben": "m"}, field("custom.x", "none_of", ["s"]), "Ben Cleo"),
        ("choices", {"Ada": ["s", "m"], "Ben": ["m"]}, field("custom.x", "all_of", ["s", "m"]), "Ada"),
        ("choices", {"Ada": ["s", "m"], "Ben": ["m"]}, field("custom.x", "any_of", ["m"]), "Ada Ben"),
        ("choices", {"Ada": ["s", "m"], "Ben": ["m"]}, field("custom.x", "none_of", ["s"]), "Ben Cleo"),
        ("yes_no", {"Ada": True, "Ben": False}, field("custom.x", "yes"), "Ada"),
        ("yes_no", {"Ada": True, "Ben": False}, field("custom.x", "no"), "Ben Cleo"),
        ("money", {"Ada": 12.5}, field("custom.x", "empty"), "Ben Cleo"),
    ],
)
def test_custom_fields(
    type_: str,
    values: dict[str, Any],
    rule: dict[str, Any],
    expected: str,
    people: list[Customer],
    admin: User,
) -> None:
    choices = [["s", "Small"], ["m", "Medium"]] if type_.startswith("choice") else []
    CustomField.objects.create(kind="contacts.customer", key="x", label="X", type=type_, choices=choices)
    for name, value in values.items():
        Customer.objects.filter(name=name).update(custom={"x": value})
    assert matching(admin, rule) == set(expected.split())


@pytest.mark.parametrize(
    "rule",
    [
        field("password", "is", "x"),
        field("owner__password", "is", "x"),
        field("city", "iregex", "(a+)+$"),
        field("city", "gt", "5"),
        field("city", "is", 5),
        field("city", "is", ""),
        field("city", "is", "a\0b"),
        field("city", "is", "\ud800"),
        field("lifetime_value", "gt", "many"),
        field("lifetime_value", "gt", [5]),
        field("lifetime_value", "gt", "NaN"),
        field("lifetime_value", "gt", 1e300),
        field("lifetime_value", "between", [1]),
        field("last_order_on", "on", "yesterday"),
        field("last_order_on", "in_last", {"count": 10**9, "unit": "day"}),
        field("last_order_on", "in_last", {"count": -1, "unit": "day"}),
        field("last_order_on", "in_period", ["today"]),
        field("rfm_group", "any_of", []),
        field("rfm_group", "any_of", ["gone"]),
        field("owner", "any_of", [{"a": 1}]),
        field("owner", "any_of", [2**70]),
        {"related": "secrets", "op": "some"},
        {"related": "orders", "op": "often"},
        {"related": "orders", "op": "count_at_least"},
        {"related": "orders", "op": "sum_at_least", "value": 1, "of": "source"},
        {"related": "orders", "op": "some", "where": field("nothing", "is", "x")},
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused_with_its_place(
    rule: dict[str, Any], people: Any, admin: User
) -> None:
    node = read_tree({"all": [field("name", "is", "Ada"), rule]})
    with pytest.raises(RuleError) as refused:
        condition(CUSTOMERS, admin, node)
    assert refused.value.place[:1] == (1,)
    assert len(list(problems(CUSTOMERS, admin, node))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "7",
        "{",
        '{"all": 5}',
        '{"field": "city"}',
        '{"field": 1, "op": "is"}',
        '{"not": 1}',
        "x" * 30_000,
    ],
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        read_text(text)


@pytest.mark.parametrize("levels", [DEEPEST + 1, 1_000, 6_000])
def test_a_rule_of_many_levels_is_refused(levels: int) -> None:
    with pytest.raises(RuleError):
        read_text('{"not":' * levels + '{"field":"city","op":"empty"}' + "}" * levels)


def test_a_rule_of_many_parts_is_refused() -> None:
    with pytest.raises(RuleError):
        read_tree({"all": [{"any": [field("city", "empty")] * 100}, {"any": [field("city", "empty")] * 100}]})


def test_a_rule_reads_back_as_it_was_written() -> None:
    rule = {
        "all": [
            field("city", "is", "Bern"),
            {"not": {"any": [{"field": "city", "op": "empty"}]}},
            related("some", where=field("amount", "gt", 1)) | {"value": 2},
        ]
    }
    assert write_tree(read_tree(rule)) == rule


def test_a_rule_in_words(people: list[Customer], admin: User) -> None:
    rule = {
        "all": [
            field("rfm_group", "any_of", ["at_risk", "lost"]),
            {"any": [field("city", "is", "Bern"), field("churn_risk", "gte", 0.7)]},
            field("last_order_on", "in_last", {"count": 1, "unit": "month"}),
            {"not": related("count_at_least", 3, where=field("status", "any_of", ["placed"]))},
        ]
    }
    assert in_words(Reading.of(CUSTOMERS, admin), read_tree(rule)) == (
        'RFM group is any of At risk, Lost and (City is "Bern" or Churn risk is at least 70%) and '
        "Last order is in the last 1 month and not (Orders: has at least 3 where (Status is any of Placed))"
    )


def test_why_in_and_why_not(people: list[Customer], admin: User, place_order: Any) -> None:
    place_order(admin, people[0])
    rule = read_tree(
        {"any": [field("city", "is", "Bern"), field("vanished", "empty"), related("count_at_least", 2)]}
    )
    found = explain(Reading.of(CUSTOMERS, admin), rule, people[0].pk)
    assert [(line.depth, line.verdict, line.holds) for line in found] == [
        (0, None, None),
        (1, True, "Bern"),
        (1, None, None),
        (1, False, None),
    ]


# --- what the reader may not know ---------------------------------------------------------------------------


def test_an_unknown_field_is_unknown_to_every_operator(people: list[Customer], outsider: User) -> None:
    """Without the right to see values, a rule about them is refused, not answered."""
    with pytest.raises(RuleError):
        condition(CUSTOMERS, outsider, read_tree(field("lifetime_value", "empty")))


def test_the_margin_of_orders_is_hidden_with_its_group(
    people: list[Customer], rep: User, place_order: Any
) -> None:
    role = rep.roles.get()
    role.field_groups = {"finance": "hidden"}
    role.save()
    rule = read_tree(related("sum_at_least", 1, of="margin"))
    with pytest.raises(RuleError):
        condition(CUSTOMERS, rep, rule)


def test_a_hidden_organisation_counts_as_none(narrow: User, admin: User) -> None:
    secret = make(admin, "Secret Ltd", kind="organisation")
    mine = make(narrow, "Mine")
    Customer.objects.filter(pk=mine.pk).update(organisation=secret)
    assert matching(narrow, field("organisation", "any_of", [secret.pk])) == set()
    assert matching(narrow, field("organisation", "empty")) == {"Mine"}
    assert matching(admin, field("organisation", "any_of", [secret.pk])) == {"Mine"}


def test_hidden_tasks_are_not_counted(narrow: User, admin: User) -> None:
    mine = make(narrow, "Mine")
    task_create(actor=admin, values={"title": "Secret", "customer": mine})
    rule = {"related": "tasks", "op": "some"}
    assert matching(narrow, rule) == set()
    assert matching(admin, rule) == {"Mine"}


def test_amounts_of_hidden_orders_are_not_added_up(narrow: User, admin: User, place_order: Any) -> None:
    mine = make(narrow, "Mine")
    place_order(admin, mine, amount=str(Decimal(500)))
    assert matching(narrow, related("sum_at_least", 1, of="base_amount")) == set()


@pytest.mark.parametrize(("begins", "expected"), [(0, {"Ada"}), (6, set())])
def test_this_week_begins_on_the_day_of_the_company(
    begins: int, expected: set[str], people: list[Customer], admin: User, company: Company
) -> None:
    """2026-03-01 was a Sunday: the last day of a week that begins on Monday, the first of one that begins on Sunday."""
    Company.objects.update(week_start=begins)
    forget_company()
    CustomerValue.objects.filter(customer=people[0]).update(last_order_on="2026-02-28")
    CustomerValue.objects.filter(customer=people[1]).update(last_order_on="2026-01-01")
    reading = replace(Reading.of(CUSTOMERS, admin), today=date(2026, 3, 1))
    rows = CUSTOMERS.rows().filter(
        compiled(reading, read_tree(field("last_order_on", "in_period", "this_week")))
    )
    assert set(rows.values_list("name", flat=True)) == expected
