"""The next step of a deal is the earliest open task about it; what is done about it keeps it from going stale."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from contacts.models import Interaction, Task
from contacts.services.about import about
from contacts.services.engagement import task_complete, task_create
from crm.company.selectors import company_day
from crm.staff.models import User
from sales.models import Deal


def plan(actor: User, deal: Deal, title: str, days: int) -> Task:
    values = {"title": title, "customer": deal.customer, "due_on": company_day() + timedelta(days=days)}
    return task_create(actor=actor, values={**values, **about(deal)})


def next_step(deal: Deal) -> tuple[str, int | None]:
    found = Deal.objects.get(pk=deal.pk)
    day = found.next_step_on
    return found.next_step, (day - company_day()).days if day else None


def test_the_earliest_open_task_is_the_next_step(rep: User, make_deal: Callable[..., Deal]) -> None:
    deal = make_deal(rep)
    plan(rep, deal, "Send the samples", 5)
    call = plan(rep, deal, "Call", 2)
    assert next_step(deal) == ("Call", 2)
    task_complete(actor=rep, task=call)
    assert next_step(deal) == ("Send the samples", 5)


def test_a_done_task_is_activity(rep: User, make_deal: Callable[..., Deal]) -> None:
    deal = make_deal(rep)
    old = timezone.now() - timedelta(days=40)
    task = plan(rep, deal, "Call", 0)
    Deal.objects.filter(pk=deal.pk).update(active_at=old, stale_at=old)
    task_complete(actor=rep, task=task)
    found = Deal.objects.get(pk=deal.pk)
    assert found.active_at > old
    assert found.stale_at == found.active_at + timedelta(days=14)


def test_the_composer_of_a_deal_writes_about_the_deal(
    rep: User, make_deal: Callable[..., Deal], sign_in: Callable[[User], Client]
) -> None:
    deal = make_deal(rep)
    data = {"kind": "call", "body": "They like it", "direction": "out", "about": f"sales.deal:{deal.pk}"}
    sign_in(rep).post(f"/customers/{deal.customer_id}/interactions/", data)
    entry = Interaction.objects.get()
    assert (entry.object_type, entry.object_id, entry.summary) == ("sales.deal", deal.pk, "They like it")


def test_nothing_is_said_about_an_invisible_deal(
    rep: User,
    narrow: User,
    make_deal: Callable[..., Deal],
    sign_in: Callable[[User], Client],
    unchanged: Callable[[], None],
) -> None:
    deal = make_deal(rep)
    deal.customer.owner = narrow
    deal.customer.save()
    client = sign_in(narrow)
    unchanged()
    data = {"kind": "note", "body": "Guessed", "about": f"sales.deal:{deal.pk}"}
    assert client.post(f"/customers/{deal.customer_id}/interactions/", data).status_code == 404
    unchanged()
