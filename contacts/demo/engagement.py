"""Consents, the timeline and the tasks of the fictional company."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from contacts.choices import ConsentChannel, ConsentPurpose, CustomerKind, Direction, InteractionKind
from contacts.demo import words
from contacts.demo.people import Staff
from contacts.models import Consent, Customer, Interaction, Task
from crm.company.selectors import company, company_day
from crm.staff.models import User

YEARS = 3
Phrase = tuple[str, str]
# (kind, direction, phrases, how often, minutes)
MOVES: tuple[tuple[InteractionKind, Direction, Sequence[Phrase], int, tuple[int, int] | None], ...] = (
    (InteractionKind.CALL, Direction.OUTGOING, words.CALLS_OUT, 28, (2, 25)),
    (InteractionKind.CALL, Direction.INCOMING, words.CALLS_IN, 20, (1, 18)),
    (InteractionKind.EMAIL, Direction.OUTGOING, words.MAILS_OUT, 18, None),
    (InteractionKind.EMAIL, Direction.INCOMING, words.MAILS_IN, 16, None),
    (InteractionKind.MEETING, Direction.NONE, words.MEETINGS, 8, (30, 180)),
    (InteractionKind.NOTE, Direction.NONE, words.NOTES, 14, None),
)
CLOSED_HOUR, OPEN_HOUR = 18, 8


def consents(random: Random, created: list[Customer]) -> None:
    """Six of ten people agreed to mails; some took it back."""
    rows = []
    for customer in created:
        if customer.kind == CustomerKind.PERSON and random.random() < 0.6:
            rows.append(consent(customer, ConsentPurpose.MARKETING, given=True))
            if random.random() < 0.3:
                rows.append(consent(customer, ConsentPurpose.SURVEYS, given=True))
            if random.random() < 0.12:
                rows.append(consent(customer, ConsentPurpose.MARKETING, given=False))
    Consent.objects.bulk_create(rows, batch_size=2000)


def consent(customer: Customer, purpose: ConsentPurpose, *, given: bool) -> Consent:
    return Consent(
        customer=customer,
        purpose=purpose,
        channel=ConsentChannel.EMAIL,
        is_given=given,
        wording="Send me news and offers by e-mail. I can take this back at any time." if given else "",
        source="web shop" if given else "unsubscribe link",
    )


def moment(random: Random, day: date) -> datetime:
    """During the working hours of the company."""
    at = time(random.randrange(OPEN_HOUR, CLOSED_HOUR), random.choice(range(0, 60, 5)))
    return min(datetime.combine(day, at, tzinfo=ZoneInfo(company().time_zone)), timezone.now())


def working_day(random: Random, today: date, *, newest: int = 0, oldest: int = YEARS * 365) -> date:
    """A weekday between so many days ago; more often a recent one."""
    back = newest + int((oldest - newest) * random.random() ** 1.6)
    day = today - timedelta(days=back)
    return day - timedelta(days=max(0, day.weekday() - 4))


def interactions(random: Random, created: list[Customer]) -> None:
    staff, today = Staff(), company_day()
    rows = []
    for customer in created:
        if customer.kind == CustomerKind.ORGANISATION:
            count = random.randrange(3, 11)
        elif customer.organisation_id or customer.lead_status:
            count = random.randrange(0, 4)
        else:
            count = random.choices((0, 1, 2, 4), weights=(62, 22, 11, 5))[0]
        rows += [interaction(random, staff, customer, working_day(random, today)) for _index in range(count)]
    rows += complaints(random, staff, created, today)
    rows.sort(key=lambda row: row.happened_at)
    Interaction.objects.bulk_create(rows, batch_size=2000)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_interaction SET created_at = happened_at, updated_at = happened_at")


def interaction(random: Random, staff: Staff, customer: Customer, day: date) -> Interaction:
    kind, direction, phrases, _weight, minutes = random.choices(MOVES, weights=[move[3] for move in MOVES])[0]
    served = customer.owner if customer.owner and random.random() < 0.75 else random.choice(staff.support)
    summary, body = (filled(random, text) for text in random.choice(phrases))
    return entry(
        customer,
        served,
        moment(random, day),
        kind,
        direction,
        summary,
        body,
        random.randint(*minutes) if minutes else None,
    )


def entry(
    customer: Customer,
    actor: User,
    at: datetime,
    kind: InteractionKind,
    direction: Direction,
    summary: str,
    body: str,
    minutes: int | None = None,
) -> Interaction:
    return Interaction(
        customer=customer, actor=actor, owner=actor, team=customer.team, happened_at=at, kind=kind,
        direction=direction, summary=summary, body=body, duration_minutes=minutes,
    )  # fmt: skip


def filled(random: Random, text: str) -> str:
    return text.format(
        product=random.choice(words.PRODUCTS),
        day=random.choice(words.DAYS),
        number=random.randrange(20_000, 60_000),
    )


def complaints(random: Random, staff: Staff, created: list[Customer], today: date) -> list[Interaction]:
    """Complaints of the last days that nobody has answered yet; each has a task at support."""
    rows, todo = [], []
    for customer in random.sample(created, 26):
        day = working_day(random, today, oldest=9)
        summary, body = (filled(random, text) for text in random.choice(words.COMPLAINTS))
        agent = random.choices(staff.support, weights=(3, 1, 1))[0]
        kind = random.choice((InteractionKind.EMAIL, InteractionKind.CALL))
        rows.append(entry(customer, agent, moment(random, day), kind, Direction.INCOMING, summary, body))
        due = day + timedelta(days=random.randrange(1, 4))
        todo.append(
            Task(
                customer=customer,
                owner=agent,
                team=staff.support_team,
                title=f"Answer: {summary}"[:200],
                due_on=due,
            )
        )
    Task.objects.bulk_create(todo)
    return rows


def tasks(random: Random, created: list[Customer]) -> None:
    """Every rep has some overdue, some for today and some ahead; most of the past is done."""
    staff, today = Staff(), company_day()
    rows = []
    for rep in (*staff.north, *staff.south):
        mine = [customer for customer in created if customer.owner_id == rep.pk]
        for count, earliest, latest in ((5, -12, -1), (4, 0, 0), (11, 1, 21)):
            rows += [
                task(random, rep, random.choice(mine), today, random.randint(earliest, latest))
                for _index in range(count)
            ]
        rows += [
            done(random, task(random, rep, random.choice(mine), today, -random.randint(1, 300)))
            for _index in range(40)
        ]
    Task.objects.bulk_create(rows, batch_size=2000)


def task(random: Random, owner: User, customer: Customer, today: date, days: int) -> Task:
    due = today + timedelta(days=days)
    return Task(
        customer=customer, owner=owner, team=customer.team, title=random.choice(words.TASKS), due_on=due
    )


def done(random: Random, task: Task) -> Task:
    assert task.due_on is not None  # noqa: S101 - narrows the type
    task.done_at = moment(random, task.due_on - timedelta(days=random.randrange(0, 3)))
    return task
