"""Reading pools."""

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from crm.access.querysets import AccessQuerySet
from crm.access.services import find
from crm.assignment.models import Pool, PoolMember
from crm.calendars.selectors import away_on, day_of
from crm.staff.models import User


def pools(user: User) -> AccessQuerySet[Pool]:
    """With the number of members who take part."""
    active = Q(members__user__is_active=True, members__is_paused=False)
    return Pool.objects.visible_to(user).annotate(people=Count("members", filter=active))


def pool_find(user: User, pk: int) -> Pool:
    """Raises Http404 for the invisible."""
    return find(Pool.objects.all(), user, pk)


def members_of(pool: Pool) -> QuerySet[PoolMember]:
    return pool.members.select_related("user")


def member_find(pool: Pool, pk: int) -> PoolMember:
    found = members_of(pool).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def standing(pool: Pool) -> list[PoolMember]:
    """The members in the order of their turns; whoever is away, paused or gone at the end."""
    members = list(members_of(pool))
    days = {member.user_id: day_of(member.user) for member in members}
    away = {day: away_on(day) for day in set(days.values())}
    for member in members:
        member.is_away = member.user_id in away[days[member.user_id]]  # type: ignore[attr-defined]
        member.is_out = member.is_away or member.is_paused or not member.user.is_active  # type: ignore[attr-defined]
    return sorted(members, key=lambda member: (member.is_out, max(member.turn, pool.clock), member.pk))  # type: ignore[attr-defined]
