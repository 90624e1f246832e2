"""Teams and people, as other packages may read them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from crm.staff.models import Team, User


def root_team() -> Team:
    """The company's root team; it takes what belongs to no team in particular."""
    team = Team.objects.filter(parent=None).order_by("pk").first()
    return team or Team.objects.get_or_create(name="Company")[0]


def team_reach(user_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """(the teams of a person, these and all teams below them), in one query."""
    mine = Exists(Team.members.through.objects.filter(team_id=OuterRef("pk"), user_id=user_id))
    children: dict[int | None, list[int]] = defaultdict(list)
    own = []
    for pk, parent_id, is_mine in Team.objects.annotate(mine=mine).values_list("pk", "parent_id", "mine"):
        children[parent_id].append(pk)
        if is_mine:
            own.append(pk)
    return frozenset(own), frozenset(below(own, children))


def teams_above(user_id: int) -> frozenset[int]:
    """The teams of a person and all teams above them."""
    mine = Exists(Team.members.through.objects.filter(team_id=OuterRef("pk"), user_id=user_id))
    parents: dict[int | None, int | None] = {}
    waiting: list[int | None] = []
    for pk, parent_id, is_mine in Team.objects.annotate(mine=mine).values_list("pk", "parent_id", "mine"):
        parents[pk] = parent_id
        if is_mine:
            waiting.append(pk)
    found: set[int] = set()
    while waiting:
        team = waiting.pop()
        if team is not None and team not in found:
            found.add(team)
            waiting.append(parents.get(team))
    return frozenset(found)


def below(team_ids: list[int], children: Mapping[int | None, list[int]]) -> set[int]:
    """The given teams and all teams below them."""
    found: set[int] = set()
    waiting = list(team_ids)
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting.extend(children[pk])
    return found


def team_and_below(team: Team) -> set[int]:
    """The keys of a team and of all teams below it."""
    children: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent_id in Team.objects.values_list("pk", "parent_id"):
        children[parent_id].append(pk)
    return below([team.pk], children)


def members_and_above(team_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """(the people in a team, these and the people in all teams above it), in two queries."""
    parents = dict(Team.objects.values_list("pk", "parent_id"))
    chain, at = [], team_id
    while at in parents and at not in chain:
        chain.append(at)
        at = parents[at]
    members = Team.members.through.objects.filter(team_id__in=chain).values_list("team_id", "user_id")
    people = list(members)
    return frozenset(user for team, user in people if team == team_id), frozenset(user for _, user in people)


def default_team(user: User) -> Team:
    """The team a new record of this person belongs to."""
    return user.teams.order_by("pk").first() or root_team()


def colleagues() -> QuerySet[User]:
    """Everybody who can be given work."""
    return User.objects.filter(is_active=True).order_by("name", "pk")


def person_options() -> list[tuple[int, str]]:
    """Colleagues to choose from, by id."""
    return list(colleagues().values_list("pk", "name"))


def team_options() -> list[tuple[int, str]]:
    return list(Team.objects.order_by("name").values_list("pk", "name"))


@dataclass(frozen=True)
class TeamNode:
    """A team in its place in the tree; `path` reads `Sales / North`."""

    team: Team
    depth: int
    path: str


def team_tree() -> list[TeamNode]:
    """All teams, each below its parent, brothers by name."""
    children: dict[int | None, list[Team]] = defaultdict(list)
    for team in Team.objects.order_by("name"):
        children[team.parent_id].append(team)

    def walk(parent: int | None, depth: int, above: str) -> Iterator[TeamNode]:
        for team in children[parent]:
            path = f"{above} / {team.name}" if above else team.name
            yield TeamNode(team, depth, path)
            yield from walk(team.pk, depth + 1, path if depth else "")

    return list(walk(None, 0, ""))
