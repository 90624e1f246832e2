"""What automations do."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contacts.models import Customer, Tag, Task
from contacts.services.bulk import customers_tag
from contacts.services.customer import customer_create, customer_edit
from crm.assignment.models import Pool, PoolMember
from crm.automation.starters import starters
from crm.mail.models import OutgoingMail
from crm.notifications.models import Notification
from crm.staff.models import User
from tests.crm.automation.making import TASK, automation, set_field, tag, work


def edit(customer: Customer, actor: User, **values: object) -> None:
    customer.refresh_from_db()
    customer_edit(actor=actor, customer=customer, values=values, version=customer.version)


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user, kind="automation").values_list("text", flat=True))


def step(key: str, **params: Any) -> dict[str, Any]:
    return {"action": key, "params": params}


def test_assign_to_a_person(manager: User, agent: User, rep: User, customer: Customer) -> None:
    automation(manager, "changed", step("assign", person=agent.pk, only_without=False))
    edit(customer, rep, city="Bern")
    work()
    customer.refresh_from_db()
    assert customer.owner == agent


def test_assign_only_what_has_no_owner(manager: User, agent: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", step("assign", person=agent.pk, only_without=True))
    edit(customer, rep, city="Bern")
    work()
    customer.refresh_from_db()
    assert customer.owner == rep
    assert made.runs.get().steps.get().state == "skipped"


def test_assign_by_turns_of_a_pool(manager: User, agent: User, rep: User) -> None:
    pool = Pool.objects.create(name="New")
    for user in (rep, agent):
        PoolMember.objects.create(pool=pool, user=user)
    automation(manager, "created", step("assign", pool=pool.pk, only_without=False))
    made = [customer_create(actor=rep, values={"name": f"C{i}", "kind": "person"}) for i in range(4)]
    work()
    owners = [Customer.objects.get(pk=row.pk).owner for row in made]
    assert sorted(map(str, owners)) == ["Agent", "Agent", "Rep", "Rep"]


def test_set_a_field(manager: User, rep: User, customer: Customer) -> None:
    made = automation(manager, "changed", set_field("lead_status", "working"), trigger={"fields": ["city"]})
    edit(customer, rep, city="Bern")
    work()
    customer.refresh_from_db()
    assert customer.lead_status == "working"
    assert "→ Working" in made.runs.get().steps.get().text


def test_tag_and_untag(manager: User, rep: User, customer: Customer) -> None:
    customers_tag(actor=rep, rows=[customer], tag=Tag.objects.create(name="old"))
    automation(manager, "changed", tag("new"), step("untag", tag="old"), trigger={"fields": ["city"]})
    edit(customer, rep, city="Bern")
    work()
    assert [row.name for row in customer.tags.all()] == ["new"]


def test_notify_the_owner_with_fields_of_the_record(
    manager: User, rep: User, admin: User, customer: Customer
) -> None:
    automation(
        manager, "changed", step("notify", to="owner", text="{{ record.name }} is in {{ record.city }}")
    )
    edit(customer, admin, city="Bern")
    work()
    assert told(rep) == ["Ada Lindqvist is in Bern"]


def test_notify_a_team_and_whoever_may_not_see_it_is_not_told(
    manager: User, rep: User, narrow: User, customer: Customer
) -> None:
    narrow.teams.set([rep.teams.get()])
    team = rep.teams.get()
    automation(manager, "changed", step("notify", to="team", team=team.pk, text="{{ record.name }}"))
    edit(customer, rep, city="Bern")
    work()
    assert (told(rep), told(narrow)) == (["Ada Lindqvist"], [])


def test_a_mail_to_a_colleague_goes_through_the_ledger(manager: User, rep: User, customer: Customer) -> None:
    params = {"to": "person", "person": rep.pk, "subject": "{{ record.name }}", "text": "{{ record.url }}"}
    automation(manager, "changed", step("mail", **params))
    edit(customer, rep, city="Bern")
    work()
    mail = OutgoingMail.objects.get(kind="automation")
    assert (mail.to, mail.subject) == (rep.email, "Ada Lindqvist")
    assert f"/customers/{customer.pk}/" in mail.text


def test_a_task_for_a_person_with_a_text(manager: User, agent: User, rep: User, customer: Customer) -> None:
    params = {"title": "Call {{ record.name }}", "notes": "", "due_in": 0, "to": "person", "person": agent.pk}
    automation(manager, "changed", step("task", **params))
    edit(customer, rep, city="Bern")
    work()
    task = Task.objects.get()
    assert (task.title, task.owner, task.team) == ("Call Ada Lindqvist", agent, agent.teams.get())
    assert Notification.objects.filter(user=agent, kind="assigned").count() == 1


def test_many_tasks_are_told_in_one_line(manager: User, rep: User, agent: User) -> None:
    params = {**TASK["params"], "to": "person", "person": agent.pk}
    automation(manager, "created", step("task", **params), name="Welcome")
    for number in range(3):
        customer_create(actor=rep, values={"name": f"C{number}", "kind": "person"})
    work()
    assert Notification.objects.filter(user=agent, kind="assigned").count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        step("task", title="{{ record.secret }}", notes="", due_in=1, to="owner", person=None),
        step("notify", to="owner", text="{% include 'x' %}"),
        step("set_field", field="nothing", value=1),
        step("assign", pool=999_999, only_without=False),
        step("assign", person=999_999, only_without=False),
        step("nonsense"),
    ],
)
def test_what_could_not_be_done_is_not_saved(manager: User, bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        automation(manager, "changed", bad)


def test_a_field_of_money_that_the_owner_may_not_know_cannot_be_named(manager: User) -> None:
    for role in manager.roles.all():
        role.matrix.pop("analytics.value", None)
        role.save()
    manager = User.objects.get(pk=manager.pk)
    with pytest.raises(ValidationError):
        automation(manager, "changed", step("notify", to="owner", text="{{ record.churn_risk }}"))


def test_every_ready_made_one_is_offered_to_a_manager(manager: User, rep: User, customer: Customer) -> None:
    offered = starters(manager)
    assert len(offered) == 9
