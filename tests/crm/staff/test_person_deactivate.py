from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from contacts.models import Customer, Task
from contacts.services.engagement import task_create
from crm.jobs.models import Job
from crm.jobs.services import run
from crm.search.models import SearchRow
from crm.staff.models import User
from crm.staff.services.handover import hand_over, hand_over_all
from sales.models import Order

SignIn = Callable[[User], Client]


def test_signing_in_and_every_session_ends_at_once(admin: User, rep: User, sign_in: SignIn) -> None:
    rep.set_password("correct horse battery")
    rep.save()
    client = Client()
    client.post("/accounts/login/", {"login": rep.email, "password": "correct horse battery"})
    key = client.session.session_key
    assert client.get("/customers/").status_code == 200
    sign_in(admin).post(f"/settings/people/{rep.pk}/deactivate/")
    assert client.get("/customers/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    fresh = Client()
    fresh.post("/accounts/login/", {"login": rep.email, "password": "correct horse battery"})
    assert "_auth_user_id" not in fresh.session


def test_the_account_can_be_activated_again(admin: User, rep: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    client.post(f"/settings/people/{rep.pk}/deactivate/")
    client.post(f"/settings/people/{rep.pk}/reactivate/")
    assert User.objects.get(pk=rep.pk).is_active


def test_the_last_administrator_is_told_why_not(admin: User, sign_in: SignIn) -> None:
    answer = sign_in(admin).post(f"/settings/people/{admin.pk}/deactivate/")
    assert answer.status_code == 422
    assert "last administrator" in answer.content.decode()


def test_the_page_counts_what_the_person_owns(
    admin: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    task_create(actor=rep, values={"title": "Call", "customer": customer})
    page = sign_in(admin).get(f"/settings/people/{rep.pk}/deactivate/")
    assert {item["key"]: item["count"] for item in page.context["owned"]} == {
        "customers": 1,
        "tasks": 1,
        "orders": 0,
        "deals": 0,
    }


@pytest.mark.django_db(transaction=True)
def test_everything_goes_to_the_colleague(
    admin: User,
    rep: User,
    agent: User,
    customer: Customer,
    place_order: Callable[..., Order],
    sign_in: SignIn,
) -> None:
    order = place_order(rep, customer)
    task = task_create(actor=rep, values={"title": "Call", "customer": customer})
    sign_in(admin).post(f"/settings/people/{rep.pk}/deactivate/", {"colleague": agent.pk})
    job = Job.objects.get(name="staff.hand_over")
    run(job.pk)
    run(job.pk)
    assert {Customer.objects.get().owner, Order.objects.get().owner, Task.objects.get().owner} == {agent}
    assert SearchRow.objects.get(object_type="contacts.customer", object_id=customer.pk).owner_id == agent.pk
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"customers": 1, "tasks": 1, "orders": 1, "deals": 0})
    assert (order.pk, task.pk) == (Order.objects.get().pk, Task.objects.get().pk)


def test_done_tasks_and_the_records_of_others_stay(
    admin: User, rep: User, agent: User, manager: User, customer: Customer
) -> None:
    kept = task_create(actor=manager, values={"title": "Mine", "customer": customer})
    hand_over_all(actor=admin, person=rep, colleague=agent, report=lambda done, total: None)
    assert Task.objects.get(pk=kept.pk).owner == manager


def test_it_goes_to_one_colleague_at_a_time(
    admin: User, rep: User, agent: User, manager: User, sign_in: SignIn
) -> None:
    hand_over(actor=admin, person=rep, colleague=agent)
    answer = sign_in(admin).post(
        f"/settings/people/{rep.pk}/hand-over/", {"colleague": manager.pk}, follow=True
    )
    assert "another colleague already" in answer.content.decode()
    assert Job.objects.filter(name="staff.hand_over").count() == 1


@pytest.mark.parametrize("colleague", ["", "999999", "x", "self"])
def test_an_unfit_colleague_is_refused(
    colleague: str, admin: User, rep: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(admin)
    unchanged()
    value = str(rep.pk) if colleague == "self" else colleague
    answer = client.post(f"/settings/people/{rep.pk}/hand-over/", {"colleague": value}, follow=True)
    assert "Choose a colleague" in answer.content.decode()
    unchanged()
