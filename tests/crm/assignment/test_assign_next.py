import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections, transaction
from django.http import Http404
from django.utils import timezone

from crm.assignment.models import Pool, PoolMember
from crm.assignment.rules import Rule, Verdict, choose
from crm.assignment.services import (
    assign_next,
    member_remove,
    member_set,
    pool_create,
    pool_delete,
    pool_edit,
)
from crm.assignment.services.assigning import candidate_of, move_on
from crm.calendars.services import absence_create
from crm.records.errors import StaleRecord
from crm.staff.models import Team, User


@pytest.fixture
def pool(admin: User, rep: User, agent: User, marketer: User, manager: User) -> Pool:
    pool = pool_create(actor=admin, name="First line")
    for user in (rep, agent, marketer, manager):
        member_set(actor=admin, pool=pool, user=user)
    return pool


def names(pool: Pool, count: int, **options: Any) -> list[str]:
    return [str(assign_next(pool=pool, **options).user) for _ in range(count)]


@pytest.mark.django_db
def test_everybody_in_turn(pool: Pool) -> None:
    assert names(pool, 8) == ["Rep", "Agent", "Marketer", "Manager"] * 2


@pytest.mark.django_db
def test_an_assignment_goes_back_with_the_callers_transaction(pool: Pool) -> None:
    with transaction.atomic():
        assign_next(pool=pool)
        transaction.set_rollback(True)
    assert names(pool, 1) == ["Rep"]


@pytest.mark.django_db
def test_who_is_away_today_is_passed_over(pool: Pool, rep: User) -> None:
    today = timezone.now().date()
    absence_create(
        actor=rep, owner=rep, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1)
    )
    assigned = assign_next(pool=pool)
    assert str(assigned.user) == "Agent"
    assert assigned.verdicts[rep] == Verdict.AWAY


@pytest.mark.django_db
def test_skills_are_needed_whole_and_read_without_case(admin: User, pool: Pool, marketer: User) -> None:
    member_set(actor=admin, pool=pool, user=marketer, skills=["German ", "billing", ""])
    assert names(pool, 3, skills=["GERMAN", "Billing"]) == ["Marketer"] * 3
    nobody = assign_next(pool=pool, skills=["german", "french"])
    assert nobody.user is None
    assert nobody.reason.startswith("Nobody could take it: Rep: lacks a skill")


@pytest.mark.django_db
def test_by_load_the_caller_tells_how_much_is_open(admin: User, pool: Pool, rep: User, agent: User) -> None:
    pool_edit(actor=admin, pool=pool, values={"rule": "load"}, version=Pool.objects.get().version)
    member_set(actor=admin, pool=pool, user=agent, capacity=1)
    loads = {rep.pk: 3}

    def open_work(users: Sequence[int]) -> dict[int, int]:
        return {pk: loads.get(pk, 2) for pk in users}

    assigned = assign_next(pool=pool, loads=open_work)
    assert str(assigned.user) == "Marketer"
    assert assigned.verdicts[agent] == Verdict.FULL


@pytest.mark.django_db
def test_those_who_left_get_nothing_and_newcomers_begin_where_the_others_are(
    admin: User, pool: Pool, rep: User, outsider: User
) -> None:
    names(pool, 40)
    rep.is_active = False
    rep.save()
    member_set(actor=admin, pool=pool, user=outsider)
    given = Counter(names(pool, 12))
    assert given == {"Agent": 3, "Marketer": 3, "Manager": 3, "Outsider": 3}


@pytest.mark.django_db
def test_an_empty_pool_says_so(admin: User) -> None:
    assigned = assign_next(pool=pool_create(actor=admin, name="Nobody"))
    assert (assigned.user, assigned.reason) == (None, "The pool has no members.")


def at_once(work: Callable[[], object], threads: int = 8) -> None:
    barrier = threading.Barrier(threads)

    def run() -> None:
        barrier.wait()
        work()
        connections.close_all()

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_work_that_comes_at_once_is_shared_to_the_piece(pool: Pool) -> None:
    at_once(lambda: [assign_next(pool=pool) for _ in range(10)])
    assert set(PoolMember.objects.values_list("given", flat=True)) == {20}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_gets_it_all(pool: Pool) -> None:
    """The twin: the same steps, the pool's row not locked."""
    everybody_read = threading.Barrier(8)
    chosen: list[int] = []

    def assign_without_lock() -> None:
        with transaction.atomic():
            unlocked = Pool.objects.get(pk=pool.pk)
            members = list(unlocked.members.order_by("pk"))
            candidates = [candidate_of(member, is_away=False, load=0) for member in members]
            everybody_read.wait()
            choice = choose(candidates, rule=Rule.TURNS, clock=unlocked.clock)
            move_on(unlocked, choice)
            chosen.append(choice.chosen.id if choice.chosen else 0)

    at_once(assign_without_lock)
    assert Counter(chosen).most_common(1)[0][1] == 8


@pytest.mark.django_db(transaction=True)
def test_open_work_is_counted_under_the_lock(admin: User, pool: Pool) -> None:
    """Eight at once, each seeing what the one before was given: nobody gets more than two."""
    pool_edit(actor=admin, pool=pool, values={"rule": "load"}, version=Pool.objects.get().version)

    def open_work(users: Sequence[int]) -> dict[int, int]:
        rows = Team.objects.filter(name__startswith="work").values_list("name", flat=True)
        return Counter(int(name.split()[1]) for name in rows)

    def take() -> None:
        with transaction.atomic():
            user = assign_next(pool=pool, loads=open_work).user
            Team.objects.create(name=f"work {user.pk if user else 0} {threading.get_ident()}")

    at_once(take)
    assert set(open_work([]).values()) == {2}


@pytest.mark.django_db
def test_administrators_keep_pools(admin: User, pool: Pool, rep: User) -> None:
    version = Pool.objects.get().version
    pool_edit(actor=admin, pool=pool, values={"name": "Front desk"}, version=version)
    with pytest.raises(StaleRecord):
        pool_edit(actor=admin, pool=pool, values={"name": "Late"}, version=1)
    member_remove(actor=admin, member=PoolMember.objects.get(user=rep))
    assert pool.members.count() == 3
    pool_delete(actor=admin, pool=Pool.objects.get())
    assert PoolMember.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"weight": 0}, {"weight": 11}])
def test_shares_beyond_reason_are_refused(
    admin: User, pool: Pool, rep: User, values: dict[str, Any], unchanged: Callable[[], None]
) -> None:
    unchanged()
    with pytest.raises(ValidationError):
        member_set(actor=admin, pool=pool, user=rep, **values)
    with pytest.raises(ValidationError):
        pool_create(actor=admin, name="First line")
    unchanged()


@pytest.mark.django_db
def test_others_keep_no_pools(rep: User, pool: Pool, unchanged: Callable[[], None]) -> None:
    unchanged()
    with pytest.raises(PermissionDenied):
        pool_create(actor=rep, name="Mine")
    with pytest.raises(Http404):
        member_set(actor=rep, pool=pool, user=rep, weight=10)
    with pytest.raises(Http404):
        pool_delete(actor=rep, pool=pool)
    unchanged()
