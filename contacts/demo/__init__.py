"""The customers of the fictional company, and what its staff did with them."""

from random import Random

from contacts.demo.engagement import consents, interactions, tasks
from contacts.demo.meetings import meetings
from contacts.demo.people import customers
from contacts.models import Customer


def load(*, seed: int = 7) -> None:
    """A few thousand people and organisations with their timeline and tasks. Twice is once."""
    if Customer.objects.exists():
        return
    random = Random(seed)  # noqa: S311 - the same company every time, nothing secret
    created = customers(random)
    consents(random, created)
    interactions(random, created)
    tasks(random, created)
    meetings(random, created)
