import threading
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections

from crm.calendars.models import Absence
from crm.calendars.selectors import absences, away_on, day_of, present
from crm.calendars.services import absence_create, absence_delete
from crm.staff.models import User

FIRST, LAST = date(2026, 12, 21), date(2026, 12, 31)


def away(owner: User, substitute: User | None = None, first: date = FIRST, last: date = LAST) -> Absence:
    return absence_create(
        actor=owner, owner=owner, starts_on=first, ends_on=last, substitute=substitute, note="Skiing"
    )


def test_one_is_away_on_both_the_first_and_the_last_day(rep: User, agent: User) -> None:
    away(rep, agent)
    assert away_on(FIRST) == away_on(LAST) == {rep.pk: agent.pk}
    assert away_on(date(2026, 12, 20)) == away_on(date(2027, 1, 1)) == {}


def test_whoever_stands_in_may_be_away_too(rep: User, agent: User, marketer: User) -> None:
    away(rep, agent)
    away(agent, marketer)
    assert present(rep, FIRST) == marketer
    assert present(rep, date(2026, 12, 1)) == rep


def test_when_nobody_is_there_nobody_stands_in(rep: User, agent: User, marketer: User) -> None:
    away(rep, agent)
    away(agent, rep)
    away(marketer)
    assert present(rep, FIRST) is None
    assert present(marketer, FIRST) is None


def test_the_day_is_that_of_the_persons_zone(rep: User) -> None:
    rep.time_zone = "Pacific/Auckland"
    moment = datetime(2026, 12, 20, 23, tzinfo=ZoneInfo("UTC"))
    assert day_of(rep, moment) == FIRST


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (LAST, FIRST, "ends_on"),
        (date(2026, 12, 31), date(2027, 1, 3), "starts_on"),
        (date(2026, 12, 1), date(2026, 12, 21), "starts_on"),
    ],
)
def test_days_that_make_no_sense_are_refused(
    rep: User, first: date, last: date, field: str, unchanged: Callable[[], None]
) -> None:
    away(rep)
    unchanged()
    with pytest.raises(ValidationError) as fault:
        away(rep, None, first, last)
    assert field in fault.value.message_dict
    unchanged()


def test_nobody_stands_in_for_themselves_nor_somebody_who_left(rep: User, agent: User) -> None:
    agent.is_active = False
    for substitute in (rep, agent):
        with pytest.raises(ValidationError):
            away(rep, substitute)
    assert Absence.objects.count() == 0


def test_a_manager_enters_a_sick_colleague_who_may_see_it(manager: User, rep: User, agent: User) -> None:
    absence_create(actor=manager, owner=rep, starts_on=FIRST, ends_on=LAST, substitute=agent)
    assert [found.owner for found in absences(rep)] == [rep]


def test_one_rep_enters_no_other(
    rep: User, agent: User, outsider: User, unchanged: Callable[[], None]
) -> None:
    away(agent)
    unchanged()
    for actor, owner in ((rep, agent), (outsider, outsider)):
        with pytest.raises(PermissionDenied):
            absence_create(actor=actor, owner=owner, starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 2))
    with pytest.raises(PermissionDenied):
        absence_delete(actor=rep, absence=Absence.objects.get())
    unchanged()


def test_back_early(rep: User) -> None:
    absence_delete(actor=rep, absence=away(rep))
    assert Absence.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_forms_at_once_make_one_absence(rep: User) -> None:
    barrier, refused = threading.Barrier(4), []

    def write() -> None:
        barrier.wait()
        try:
            away(rep)
        except ValidationError as fault:
            refused.append(fault)
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Absence.objects.count(), len(refused)) == (1, 3)
