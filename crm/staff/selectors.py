"""Teams and people, as other packages may read them."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from crm.staff.models import Team, User


def root_team() -> Team:
    """The company's root team; it takes what belongs to no team in particular."""
    team = Team.objects.filter(parent=None).order_by("pk").first()
    return team or Team.objects.get_or_create(name="Company")[0]


def subteam_ids(team_ids: Iterable[int]) -> set[int]:
    """The given teams and all teams below them."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent_id in Team.objects.values_list("pk", "parent_id"):
        children[parent_id].append(pk)
    found: set[int] = set()
    waiting = list(team_ids)
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting.extend(children[pk])
    return found


def default_team(user: User) -> Team:
    """The team a new record of this person belongs to."""
    return user.teams.order_by("pk").first() or root_team()


def colleagues() -> QuerySet[User]:
    """Everybody who can be given work."""
    return User.objects.filter(is_active=True).order_by("name", "pk")
