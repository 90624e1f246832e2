"""Calls and meetings of the fictional company: last week done, this week and the next two planned."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.utils import timezone

from contacts.choices import Direction, InteractionKind, TaskKind
from contacts.demo.engagement import entry
from contacts.demo.people import Staff
from contacts.models import BookingPage, Customer, Interaction, Task
from crm.company.selectors import company, company_day
from crm.staff.models import User

DAY = timedelta(days=1)
FIRST_DAY, LAST_DAY = -9, 21
#: when things begin on a usual day, so that few of one person's lie on one another
SLOTS = ((9, 0), (10, 0), (11, 30), (13, 30), (15, 0), (16, 0))
MEETINGS = (
    ("Cupping of the new lots", "Roastery, tasting room", 90),
    ("Contract for next year", "At their office", 60),
    ("Visit: machine and grinder", "At the café", 60),
    ("Introduction", "Video", 30),
    ("Quarterly review", "Video", 45),
    ("Barista training", "Training bar", 120),
)
CALLS = (
    ("Ask how the samples were", 15),
    ("Talk about the spring order", 20),
    ("Follow up on the offer", 15),
    ("Delivery dates", 10),
)
OUTCOMES = (
    "They take two lots more, confirmation follows by e-mail.",
    "Wants a price for 60 kg a month. Sends the old contract.",
    "Happy with the coffee, unhappy with the courier. Told logistics.",
    "Decides after the holidays; call again in January.",
    "Grinder runs too hot: technician comes on Thursday.",
)


def meetings(random: Random, created: list[Customer]) -> None:
    staff, today = Staff(), company_day()
    rows: list[Task] = []
    for person in (*staff.north, *staff.south):
        mine = [customer for customer in created if customer.owner_id == person.pk]
        for offset in range(FIRST_DAY, LAST_DAY):
            if (day := today + DAY * offset).weekday() < 5:
                rows += of_day(random, person, mine, day, busy=1 if offset > 7 else 3)
    now = timezone.now()
    done = [row for row in rows if row.ends_at and row.ends_at < now and random.random() < 0.92]
    log(random, done)
    Task.objects.bulk_create(rows, batch_size=1000)
    booking_pages()


def of_day(random: Random, person: User, mine: list[Customer], day: date, *, busy: int) -> list[Task]:
    slots = sorted(random.sample(SLOTS, random.randint(0, busy)))
    return [planned(random, person, random.choice(mine), day, slot) for slot in slots]


def planned(random: Random, person: User, customer: Customer, day: date, slot: tuple[int, int]) -> Task:
    zone = ZoneInfo(company().time_zone)
    starts_at = datetime.combine(day, time(*slot), tzinfo=zone).astimezone(UTC)
    task = Task(customer=customer, owner=person, team=customer.team, due_on=day, starts_at=starts_at)
    if random.random() < 0.4:
        task.kind, (task.title, minutes) = TaskKind.CALL, random.choice(CALLS)
    else:
        task.kind, (task.title, task.location, minutes) = TaskKind.MEETING, random.choice(MEETINGS)
        task.remind_at = starts_at - timedelta(minutes=15)
    task.ends_at = starts_at + timedelta(minutes=minutes)
    return task


def log(random: Random, done: list[Task]) -> None:
    """What came of them, on the timeline of the customer."""
    entries = []
    for task in done:
        assert task.customer and task.owner and task.starts_at and task.ends_at  # noqa: S101, PT018 - narrows types
        kind = InteractionKind.CALL if task.kind == TaskKind.CALL else InteractionKind.MEETING
        direction = Direction.OUTGOING if task.kind == TaskKind.CALL else Direction.NONE
        minutes = int((task.ends_at - task.starts_at).total_seconds() // 60)
        entries.append(
            entry(
                task.customer,
                task.owner,
                task.starts_at,
                kind,
                direction,
                task.title,
                random.choice(OUTCOMES),
                minutes,
            )
        )
    Interaction.objects.bulk_create(entries, batch_size=1000)
    for task, written in zip(done, entries, strict=True):
        task.entry, task.done_at = written, task.ends_at
        task.reminded_at = task.remind_at


def booking_pages() -> None:
    """The link in the signature of one of them."""
    rep = User.objects.get(email="rep@tenure.example")
    BookingPage.objects.create(
        user=rep,
        slug="mara-introduction",
        title="Introduction to our coffees",
        text="Half an hour by video: which coffees suit your house, what they cost, and how a tasting goes.",
        location="Video",
        minutes=30,
        buffer_minutes=15,
    )
