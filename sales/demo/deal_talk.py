"""Who takes part in the deals of the fictional company, what was said in them, and what comes next."""

from datetime import datetime, timedelta

from contacts.choices import InteractionKind, TaskKind
from contacts.models import Customer, Interaction, Task
from contacts.services.about import about
from crm.company.selectors import company_day
from sales.choices import DealRole
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
)


def talk(book: Book) -> None:
    people(book)
    steps(book)


def steps(book: Book) -> None:
    """What comes next in most of the open deals, and what was said in them so far."""
    tasks, said = [], []
    for deal in book.deals:
        if deal.is_open and book.random.random() < 0.75:
            tasks.append(task(book, deal))
        for kind, summary in book.random.sample(SAID, book.random.randrange(0, 3)):
            at = deal.created_at + (deal.active_at - deal.created_at) * book.random.random()
            said.append(
                Interaction(
                    customer=deal.customer, kind=kind, happened_at=at, actor=deal.owner, owner=deal.owner,
                    team=deal.team, summary=summary, **about(deal),
                )
            )  # fmt: skip
    Task.objects.bulk_create(tasks)
    Interaction.objects.bulk_create(said)
    next_steps_keep(deal.pk for deal in book.deals if deal.is_open)


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
