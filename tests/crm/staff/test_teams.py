import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.test import Client

from contacts.models import Customer
from crm.jobs.models import Job
from crm.jobs.services import run
from crm.search.models import SearchRow
from crm.staff.models import Team, User
from crm.staff.services.teams import check_place, team_edit
from sales.models import Order

SignIn = Callable[[User], Client]
Unchanged = Callable[[], None]


@pytest.fixture
def north(sales_team: Team) -> Team:
    return Team.objects.create(name="North", parent=sales_team)


def form_of(team: Team, **changes: object) -> dict[str, object]:
    return {"version": team.version, "name": team.name, "parent": team.parent_id, **changes}


def test_a_team_is_made_renamed_and_moved(admin: User, root: Team, north: Team, sign_in: SignIn) -> None:
    client = sign_in(admin)
    assert client.post("/settings/teams/new/", {"name": "South", "parent": root.pk}).status_code == 302
    south = Team.objects.get(name="South")
    data = form_of(south, name="Far South", parent=north.pk)
    assert client.post(f"/settings/teams/{south.pk}/", data).status_code == 302
    south.refresh_from_db()
    assert (south.name, south.parent) == ("Far South", north)


@pytest.mark.parametrize("place", ["itself", "below"])
def test_no_team_is_part_of_itself(
    place: str, admin: User, sales_team: Team, north: Team, sign_in: SignIn, unchanged: Unchanged
) -> None:
    client = sign_in(admin)
    unchanged()
    parent = sales_team if place == "itself" else north
    answer = client.post(f"/settings/teams/{sales_team.pk}/", form_of(sales_team, parent=parent.pk))
    assert answer.status_code == 422
    assert "part of itself" in answer.content.decode()
    unchanged()


def at_once(steps: list[Callable[[], object]]) -> int:
    barrier, refused = threading.Barrier(2), []

    def work(step: Callable[[], object]) -> None:
        barrier.wait()
        try:
            step()
        except ValidationError as fault:
            refused.append(fault)
        connections.close_all()

    threads = [threading.Thread(target=work, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(refused)


def is_circle(one: Team, other: Team) -> bool:
    one.refresh_from_db()
    other.refresh_from_db()
    return one.parent == other and other.parent == one


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_circle(admin: User, root: Team) -> None:
    one, other = (Team.objects.create(name=name, parent=root) for name in ("One", "Other"))
    refused = at_once(
        [
            lambda: team_edit(actor=admin, team=one, values={"parent": other}, version=1),
            lambda: team_edit(actor=admin, team=other, values={"parent": one}, version=1),
        ]
    )
    assert refused == 1
    assert not is_circle(one, other)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would(admin: User, root: Team) -> None:
    """The twin: the same check and write, the lock of the tree taken away."""
    one, other = (Team.objects.create(name=name, parent=root) for name in ("One", "Other"))
    both_checked = threading.Barrier(2)

    def move(team: Team, parent: Team) -> None:
        with transaction.atomic():
            tree: dict[int | None, list[int]] = {
                None: [root.pk],
                root.pk: [one.pk, other.pk],
                one.pk: [],
                other.pk: [],
            }
            check_place(team, parent, tree)
            both_checked.wait()
            Team.objects.filter(pk=team.pk).update(parent=parent)

    assert at_once([lambda: move(one, other), lambda: move(other, one)]) == 0
    assert is_circle(one, other)


def test_the_company_itself_stays_at_the_top(
    admin: User, root: Team, sales_team: Team, sign_in: SignIn, unchanged: Unchanged
) -> None:
    client = sign_in(admin)
    with pytest.raises(ValidationError, match="at the top"):
        team_edit(actor=admin, team=root, values={"parent": sales_team}, version=1)
    unchanged()
    client.post(f"/settings/teams/{root.pk}/delete/", {"successor": sales_team.pk})
    unchanged()


def test_members_and_teams_below_go_where_the_administrator_says(
    admin: User, rep: User, sales_team: Team, north: Team, agent: User, sign_in: SignIn
) -> None:
    support = agent.teams.get()
    answer = sign_in(admin).post(f"/settings/teams/{sales_team.pk}/delete/", {"successor": support.pk})
    assert answer.status_code == 302
    north.refresh_from_db()
    assert (list(rep.teams.all()), north.parent) == ([support], support)
    assert not Team.objects.filter(pk=sales_team.pk).exists()


def test_a_team_with_records_is_refused_with_counts(
    admin: User, customer: Customer, root: Team, sales_team: Team, sign_in: SignIn, unchanged: Unchanged
) -> None:
    client = sign_in(admin)
    unchanged()
    answer = client.post(f"/settings/teams/{sales_team.pk}/delete/", {"successor": root.pk})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "1 records belong to this team" in page
    assert "Customers: 1" in page
    unchanged()


@pytest.mark.django_db(transaction=True)
def test_its_records_are_moved_and_then_it_can_go(
    admin: User,
    rep: User,
    customer: Customer,
    place_order: Callable[..., Order],
    agent: User,
    sales_team: Team,
    sign_in: SignIn,
) -> None:
    order, support, client = place_order(rep, customer), agent.teams.get(), sign_in(admin)
    client.post(f"/settings/teams/{sales_team.pk}/empty/", {"successor": support.pk})
    job = Job.objects.get(name="staff.empty_team")
    for _twice in range(2):
        run(job.pk)
    order.refresh_from_db()
    customer.refresh_from_db()
    assert (order.team, customer.team) == (support, support)
    found = SearchRow.objects.get(object_type="contacts.customer", object_id=customer.pk)
    assert found.team_id == support.pk
    answer = client.post(f"/settings/teams/{sales_team.pk}/delete/", {"successor": support.pk})
    assert answer.status_code == 302


def test_a_name_is_given_once(admin: User, root: Team, sales_team: Team, sign_in: SignIn) -> None:
    answer = sign_in(admin).post("/settings/teams/new/", {"name": "Sales", "parent": root.pk})
    assert answer.status_code == 422
    assert "called Sales already" in answer.content.decode()


def test_a_stale_rename_keeps_both_changes(admin: User, root: Team, north: Team, sign_in: SignIn) -> None:
    seen = {"name": "North", "parent": str(north.parent_id)}
    team_edit(actor=admin, team=north, values={"parent": root}, version=1)
    data = {"version": 1, **seen, "name": "Nord", **{f"seen-{name}": text for name, text in seen.items()}}
    answer = sign_in(admin).post(f"/settings/teams/{north.pk}/", data)
    assert answer.status_code == 409
    assert 'value="Nord"' in answer.content.decode()
    assert answer.context["form"].data["parent"] == str(root.pk)


def test_everybody_else_is_turned_away(rep: User, manager: User, sign_in: SignIn) -> None:
    for person in (rep, manager):
        assert sign_in(person).get("/settings/teams/").status_code == 403
