from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_edit
from contacts.services.engagement import consent_create
from crm.access.models import Role
from crm.access.roles import role_edit
from crm.audit.forms import AuditFilterForm
from crm.audit.models import AuditEntry
from crm.audit.services import origin_ip, record
from crm.staff.models import Team, User
from crm.staff.services.people import person_edit
from tests.conftest import person

SignIn = Callable[[User], Client]


@pytest.fixture
def auditor(root: Team) -> User:
    """Reads the trail, and besides only what they own."""
    user = person("auditor", root)
    matrix = {"audit.entry": {"view": "all"}, "contacts.customer": {"view": "own"}}
    Role.objects.create(key="auditor", name="Auditor", matrix=matrix, field_groups={}).users.add(user)
    return user


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"/audit/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_was_done_is_told_in_words_with_a_link(
    admin: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    customer_edit(actor=rep, customer=customer, values={"city": "Malmö", "owner": admin}, version=1)
    text = page(sign_in(admin))
    assert "Edited" in text
    assert f'href="/customers/{customer.pk}/"' in text
    assert "<del>Rep</del> → Admin" in text
    assert "Malmö" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("person={rep}", 1),
        ("person={admin}", 1),
        ("person=program", 1),
        ("kind=contacts.customer", 2),
        ("kind=staff.team", 1),
        ("action=contacts.customer.edit", 1),
        ("kind=contacts.customer&record={customer}", 2),
        ("ip=203.0.113.7", 1),
        ("first={today}&last={today}", 3),
        ("last={yesterday}", 0),
        ("first={tomorrow}", 0),
        ("person={rep}&kind=staff.team", 0),
    ],
)
def test_the_trail_is_searched(
    query: str,
    count: int,
    admin: User,
    rep: User,
    customer: Customer,
    root: Team,
    sign_in: SignIn,
    company: Any,
) -> None:
    customer_edit(actor=admin, customer=customer, values={"city": "Malmö"}, version=1)
    token = origin_ip.set("203.0.113.7")
    record(actor=None, action="staff.team.edit", obj=root, after={"name": "Firm"})
    origin_ip.reset(token)
    day = timezone.localdate(timezone=ZoneInfo(company.time_zone))
    words = {"rep": rep.pk, "admin": admin.pk, "customer": customer.pk, "today": day}
    words |= {"yesterday": day - timedelta(days=1), "tomorrow": day + timedelta(days=1)}
    answer = sign_in(admin).get("/audit/?" + query.format(**words))
    assert len(answer.context["rows"]) == count


@pytest.mark.parametrize(
    "query",
    [
        "person=x",
        "person=999999",
        "kind=no.such",
        "record=-1",
        "record=99999999999999999999",
        "first=2026-02-30",
        "ip=1.2",
    ],
)
def test_what_cannot_be_read_finds_nothing(
    query: str, admin: User, customer: Customer, sign_in: SignIn
) -> None:
    answer = sign_in(admin).get(f"/audit/?{query}")
    assert answer.status_code == 200
    assert answer.context["rows"] == []


@pytest.mark.parametrize("cursor", ["x", "WzEsMl0", "bnVsbA", "%00", "WyIyMDI2LTAxLTAxIiwxXQ"])
def test_a_forged_place_is_no_fault(cursor: str, admin: User, customer: Customer, sign_in: SignIn) -> None:
    for name in ("after", "before"):
        assert sign_in(admin).get(f"/audit/?{name}={cursor}").status_code == 200


def test_pages_follow_each_other_without_a_gap(admin: User, root: Team, sign_in: SignIn) -> None:
    made = [record(actor=admin, action="staff.team.edit", obj=root).pk for _ in range(120)]
    client, seen, query = sign_in(admin), [], ""
    for _page in range(3):
        answer = client.get(f"/audit/?kind=staff.team{query}")
        seen += [row.entry.pk for row in answer.context["rows"]]
        query = f"&after={answer.context['next_cursor']}"
    assert seen == made[::-1]
    back = client.get(f"/audit/?kind=staff.team&before={answer.context['previous_cursor']}")
    assert [row.entry.pk for row in back.context["rows"]] == seen[50:100]


def test_fields_that_the_reader_may_not_know_are_left_out(
    auditor: User, admin: User, sign_in: SignIn
) -> None:
    own = customer_create(actor=admin, values={"name": "Own customer", "kind": "person", "owner": auditor})
    values = {"purpose": "marketing", "channel": "email", "is_given": True, "wording": "Secret wording"}
    consent_create(actor=admin, customer=own, values=values)
    assert "Secret wording" in page(sign_in(admin))
    text = page(sign_in(auditor))
    assert "Own customer" in text
    assert "Secret wording" not in text


def test_of_a_record_that_the_reader_may_not_see_only_that_something_was_done_is_told(
    auditor: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    customer_edit(actor=rep, customer=customer, values={"city": "Malmö"}, version=1)
    text = page(sign_in(auditor))
    assert "Edited" in text
    assert "which you may not see" in text
    for secret in (customer.name, "Malmö", f"/customers/{customer.pk}/"):
        assert secret not in text


def test_what_is_gone_is_told_without_a_link(admin: User, root: Team, sign_in: SignIn) -> None:
    team = Team.objects.create(name="Gone", parent=root)
    record(actor=admin, action="staff.team.delete", obj=team, before={"name": "Gone"})
    address = f"/settings/teams/{team.pk}/"
    team.delete()
    text = page(sign_in(admin))
    assert "Team deleted" in text
    assert address not in text


def test_permissions_and_memberships_are_told_in_words(admin: User, rep: User, sign_in: SignIn) -> None:
    role = rep.roles.get()
    matrix = {"sales.order": {"view": "none"}}
    role_edit(actor=admin, role=role, name=role.name, matrix=matrix, levels={"finance": "hidden"}, version=1)
    person_edit(actor=admin, person=rep, values={}, teams=[], roles=[], version=rep.version)
    text = page(sign_in(admin))
    assert "Orders: see</span> <del>all</del> → none" in text
    assert "Fields: finance" in text
    assert "Roles</span> <del>Sales rep</del> → –" in text


def test_an_action_of_an_app_that_is_gone_is_no_fault(admin: User, sign_in: SignIn) -> None:
    AuditEntry.objects.create(actor=admin, action="old.thing.do", object_type="old.thing", object_id=1)
    assert "old.thing" in page(sign_in(admin))


def test_everybody_else_is_turned_away(rep: User, manager: User, sign_in: SignIn) -> None:
    for member in (rep, manager):
        assert sign_in(member).get("/audit/").status_code == 403


@pytest.fixture
def long_trail(admin: User, rep: User) -> None:
    """Thirty thousand entries of one person and kind, and a few of others far behind them."""
    insert = """
        INSERT INTO audit_auditentry (at, actor_id, action, object_type, object_id, before, after, ip)
        SELECT now() - interval '1 minute' * n, %s, %s, %s, n, '{}', '{}', %s FROM generate_series(%s, %s) n
    """
    with connection.cursor() as cursor:
        common = [admin.pk, "contacts.customer.edit", "contacts.customer", "10.0.0.1"]
        cursor.execute(insert, [*common, 1, 30_000])
        cursor.execute(insert, [rep.pk, "sales.order.cancel", "sales.order", "10.0.0.2", 60_000, 60_100])
        cursor.execute("ANALYZE audit_auditentry")


@pytest.mark.parametrize(
    "query",
    ["", "person={rep}", "action=sales.order.cancel", "kind=sales.order", "ip=10.0.0.2", "last=2020-01-01"],
)
def test_a_page_of_a_huge_trail_reads_few_rows(query: str, rep: User, long_trail: None) -> None:
    params = dict(part.split("=") for part in query.format(rep=rep.pk).split("&") if part)
    rows = AuditFilterForm(params).rows().select_related(None).order_by("-at", "-pk")[:51]
    plan = rows.explain(analyze=True)
    assert "Index Scan" in plan
    assert "Seq Scan" not in plan
    assert "Rows Removed" not in plan


def test_the_page_costs_few_queries(
    admin: User, long_trail: None, sign_in: SignIn, count_queries: Callable[[], Any]
) -> None:
    client = sign_in(admin)
    client.get("/audit/")
    with count_queries() as asked:
        client.get("/audit/")
    assert len(asked) <= 12
