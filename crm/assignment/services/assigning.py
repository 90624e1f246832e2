"""Giving the next piece of work to a member of a pool."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.assignment.models import Pool, PoolMember
from crm.assignment.rules import Candidate, Choice, Rule, Verdict, choose
from crm.calendars.selectors import away_on, day_of
from crm.staff.models import User

Loads = Callable[[Sequence[int]], Mapping[int, int]]


@dataclass(frozen=True)
class Assigned:
    """Who was chosen, or None; and why everybody else was passed over."""

    user: User | None
    verdicts: Mapping[User, Verdict]

    @property
    def reason(self) -> str:
        """In plain words, for the record's history."""
        if self.user is not None:
            return _("It was %s's turn.") % self.user
        if not self.verdicts:
            return _("The pool has no members.")
        told = ", ".join(f"{user}: {VERDICTS[verdict]}" for user, verdict in self.verdicts.items())
        return _("Nobody could take it: %s.") % told


VERDICTS = {
    Verdict.CHOSEN: gettext_lazy("chosen"),
    Verdict.NOT_NEXT: gettext_lazy("not next"),
    Verdict.AWAY: gettext_lazy("out of office"),
    Verdict.PAUSED: gettext_lazy("takes nothing new"),
    Verdict.LACKS_SKILLS: gettext_lazy("lacks a skill"),
    Verdict.FULL: gettext_lazy("has enough open"),
}


@transaction.atomic
def assign_next(*, pool: Pool, skills: Iterable[str] = (), loads: Loads | None = None) -> Assigned:
    """Choose who takes the next piece of work, and move their turn on.

    Part of the caller's transaction, which writes the owner and asks for permission: taken back with it. The row of
    the pool is locked until its end, so that two pieces of work at once go to two people. `loads` tells how much each
    of the given people has open; it is asked under the lock.
    """
    pool = Pool.objects.select_for_update().get(pk=pool.pk)
    members = list(pool.members.filter(user__is_active=True).select_related("user").order_by("pk"))
    open_work = loads([member.user_id for member in members]) if loads else {}
    candidates = [
        candidate_of(member, is_away=is_away, load=open_work.get(member.user_id, 0))
        for member, is_away in with_absence(members)
    ]
    choice = choose(candidates, rule=Rule(pool.rule), clock=pool.clock, skills=frozenset(map(fold, skills)))
    by_id = {member.pk: member.user for member in members}
    verdicts = {by_id[pk]: verdict for pk, verdict in choice.verdicts.items()}
    if choice.chosen is None:
        return Assigned(None, verdicts)
    move_on(pool, choice)
    return Assigned(by_id[choice.chosen.id], verdicts)


def with_absence(members: list[PoolMember]) -> list[tuple[PoolMember, bool]]:
    """Each member, and whether they are away today where they are; people of one day are asked for together."""
    days = {member.pk: day_of(member.user) for member in members}
    away = {day: away_on(day) for day in set(days.values())}
    return [(member, member.user_id in away[days[member.pk]]) for member in members]


def candidate_of(member: PoolMember, *, is_away: bool, load: int) -> Candidate:
    return Candidate(
        id=member.pk,
        turn=member.turn,
        weight=member.weight,
        load=load,
        capacity=member.capacity,
        skills=frozenset(member.skills),
        away=is_away,
        paused=member.is_paused,
    )


def move_on(pool: Pool, choice: Choice) -> None:
    if choice.chosen is None:
        return
    member = PoolMember.objects.get(pk=choice.chosen.id)
    member.turn, member.given, member.given_at = choice.chosen.turn, member.given + 1, timezone.now()
    member.save(update_fields=["turn", "given", "given_at"])
    Pool.objects.filter(pk=pool.pk).update(clock=choice.clock)


def fold(skill: str) -> str:
    """Skills are compared without regard to case and spaces around them."""
    return " ".join(skill.split()).casefold()[:40]
