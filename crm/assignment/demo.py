"""The pools of the fictional company, some turns into their work."""

from crm.assignment.models import Pool, PoolMember
from crm.assignment.services import assign_next
from crm.staff.models import User

# pool -> (rule, how much was given out, who: share, skills)
POOLS: dict[str, tuple[str, int, dict[str, tuple[int, list[str]]]]] = {
    "New leads": (
        "turns",
        47,
        {
            "rep": (2, ["english", "swedish"]),
            "sofie": (2, ["danish", "english"]),
            "lukasz": (1, ["english", "polish"]),
            "chiara": (2, ["english", "italian"]),
            "etienne": (2, ["english", "french"]),
            "ines": (1, ["english", "portuguese"]),
        },
    ),
    "First line": (
        "load",
        31,
        {
            "agent": (2, ["english", "spanish"]),
            "hanna": (2, ["billing", "english", "german"]),
            "omar": (1, ["arabic", "english"]),
        },
    ),
}


def load(*, seed: int = 7) -> None:
    """Twice is once."""
    for name, (rule, given, people) in POOLS.items():
        pool, is_new = Pool.objects.get_or_create(name=name, defaults={"rule": rule})
        for who, (weight, skills) in people.items():
            user = User.objects.filter(email=f"{who}@tenure.example").first()
            if is_new and user:
                PoolMember.objects.create(pool=pool, user=user, weight=weight, skills=skills)
        for _number in range(given if is_new else 0):
            assign_next(pool=pool)
