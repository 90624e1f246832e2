"""Who takes part in the deals of the fictional company, what was said in them, and what comes next."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F

from contacts.choices import InteractionKind, TaskKind
from contacts.models import Customer, Interaction, Task
from contacts.services.about import about
from crm.company.selectors import company_day
from sales.choices import DealRole, StageKind
from sales.demo.deal_book import Book
from sales.models import (
    Deal,
    DealCompetitor,
    DealPerson,
)
from sales.services.deal_clock import next_steps_keep

COMPETITORS = ("Roastery Nord", "Kaffa Direct", "BeanWorks", "Caffè Lungo")
STEPS = (
    (TaskKind.CALL, "Call about the samples"), (TaskKind.CALL, "Ask who decides"), (TaskKind.TASK, "Send the quote"),
    (TaskKind.MEETING, "Tasting with the team"), (TaskKind.TASK, "Follow up on the price"),
    (TaskKind.MEETING, "Show the machine"), (TaskKind.CALL, "Agree on the delivery date"),
)  # fmt: skip
SAID = (
    (InteractionKind.CALL, "They compare us with their roaster of today"),
    (InteractionKind.CALL, "The owner wants a tasting first"),
    (InteractionKind.NOTE, "Budget is set for this year"),
    (InteractionKind.MEETING, "Tasting: they liked the house blend"),
    (InteractionKind.NOTE, "Asked for monthly invoices"),
    (InteractionKind.CALL, "Left a message with the office"),
    (InteractionKind.CALL, "Asked for a price per month"),
    (InteractionKind.NOTE, "Their machine of today is leased until spring"),
    (InteractionKind.MEETING, "Walked through the kitchen with the head of office"),
    (InteractionKind.CALL, "They will decide with the budget"),
    (InteractionKind.CALL, "Wants two references"),
    (InteractionKind.NOTE, "Sent the terms of service again"),
)


def talk(book: Book) -> None:
    people(book)
    steps(book)


def steps(book: Book) -> None:
    """What comes next in most of the open deals, what was planned in the others, and what was said in them so far."""
    coming = [task(book, deal) for deal in book.deals if deal.is_open and book.random.random() < 0.75]
    done = [each for deal in book.deals for each in done_tasks(book, deal)]
    written = [item.created_at for item in done]
    Task.objects.bulk_create([*coming, *done])
    for item, moment in zip(done, written, strict=True):
        item.created_at = moment
    Task.objects.bulk_update(done, ["created_at"], batch_size=500)
    Interaction.objects.bulk_create([entry for deal in book.deals for entry in said(book, deal)])
    Interaction.objects.filter(object_type="sales.deal").update(created_at=F("happened_at"))
    next_steps_keep(deal.pk for deal in book.deals if deal.is_open)


def said(book: Book, deal: Deal) -> Iterator[Interaction]:
    """A word every ten days where a deal is won, every two weeks where it is lost."""
    life = deal.active_at - deal.created_at
    often = {StageKind.WON: 10, StageKind.LOST: 15}.get(StageKind(deal.state)) or book.random.choice((10, 15))
    count = min(len(SAID), int(life.days / often + book.random.random() * 2))
    for kind, summary in book.random.sample(SAID, count):
        yield Interaction(
            customer=deal.customer, kind=kind, happened_at=deal.created_at + life * book.random.random(),
            actor=deal.owner, owner=deal.owner, team=deal.team, summary=summary,
            duration_minutes=book.random.choice((5, 10, 25)) if kind == InteractionKind.CALL else None,
            **about(deal),
        )  # fmt: skip


def done_tasks(book: Book, deal: Deal) -> Iterator[Task]:
    """What was planned one after the other; in deals that were lost there were longer times with nothing planned."""
    at, least = deal.created_at, 2 if deal.state == StageKind.WON else 4
    while not deal.is_open and at < deal.active_at:
        begun = at + book.days(0, least)
        at = begun + book.days(3, 12)
        if at > deal.active_at or book.random.random() < 0.08 * least:
            continue
        item = task(book, deal)
        item.created_at, item.done_at, item.due_on = begun, at, at.date()
        item.starts_at = item.ends_at = None
        item.kind = TaskKind.CALL if item.kind == TaskKind.MEETING else item.kind
        yield item


def task(book: Book, deal: Deal) -> Task:
    kind, title = book.random.choice(STEPS)
    day = company_day() + timedelta(days=book.random.randrange(-4, 15))
    day += timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
    task = Task(
        kind=kind,
        title=title,
        due_on=day,
        customer=deal.customer,
        owner=deal.owner,
        team=deal.team,
        **about(deal),
    )
    if kind != TaskKind.TASK:
        task.starts_at = datetime(
            day.year, day.month, day.day, book.random.randrange(9, 17), 30, tzinfo=book.zone
        )
        task.ends_at = task.starts_at + timedelta(minutes=15 if kind == TaskKind.CALL else 60)
    return task


def people(book: Book) -> None:
    """Who decides at the larger customers, and who else was asked."""
    staff: dict[int, list[Customer]] = {}
    for person in Customer.objects.alive().filter(organisation__in={deal.payer_id for deal in book.deals}):
        staff.setdefault(person.organisation_id or 0, []).append(person)
    roles = list(DealRole)
    people, competitors = [], []
    for deal in book.deals:
        for person, role in zip(staff.get(deal.payer_id, ())[:3], roles, strict=False):
            people.append(DealPerson(deal=deal, customer=person, role=role))
        if book.random.random() < 0.3:
            competitors.append(DealCompetitor(deal=deal, name=book.random.choice(COMPETITORS)))
    DealPerson.objects.bulk_create(people)
    DealCompetitor.objects.bulk_create(competitors)
