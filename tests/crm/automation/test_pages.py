"""The pages of automations: what is shown, what is sent, who may."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.models import Customer, Task
from contacts.services.customer import customer_edit
from crm.automation.models import Automation, AutomationRun
from crm.automation.services.saving import automation_edit, automation_switch
from crm.staff.models import User
from tests.crm.automation.making import TASK, automation, rule, tag, work

SignIn = Callable[[User], Client]
NEW = "/automations/new/contacts-customer/"


def form(**more: Any) -> dict[str, Any]:
    return {
        "name": "Welcome", "cause": "changed", "watched": ["city"], "rule": "", "step": ["0:task"],
        "s0-title": "Call {{ record.name }}", "s0-due_in": "2", "s0-to": "owner", "do": "save", **more,
    }  # fmt: skip


def edit(customer: Customer, actor: User, **values: object) -> None:
    customer.refresh_from_db()
    customer_edit(actor=actor, customer=customer, values=values, version=customer.version)


def test_a_saved_one_is_tried_from_its_page(
    manager: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(manager)
    client.post(NEW, form())
    edit(customer, rep, city="Bern")
    made = Automation.objects.get()
    address = f"/automations/{made.pk}/edit/?try=1"
    assert address in client.get(f"/automations/{made.pk}/").content.decode()
    assert client.get(address).context["found"].count == 1


def test_what_is_missing_is_said_at_the_top_too(manager: User, sign_in: SignIn) -> None:
    answer = sign_in(manager).post(NEW, form(**{"s0-title": ""}))
    assert answer.status_code == 422
    assert "Nothing was saved" in answer.content.decode()


def test_one_is_built_switched_on_and_works(
    manager: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(manager)
    answer = client.post(NEW, form())
    made = Automation.objects.get()
    assert answer.headers["Location"] == f"/automations/{made.pk}/"
    assert (made.trigger, made.is_on, made.owner) == ({"fields": ["city"]}, False, manager)
    client.post(f"/automations/{made.pk}/switch/", {"on": "1"})
    edit(customer, rep, city="Bern")
    work()
    assert Task.objects.get().title == "Call Ada Lindqvist"
    page = client.get(f"/automations/{made.pk}/").content.decode()
    assert "Ada Lindqvist" in page
    assert "Task for Rep: Call Ada Lindqvist" in page
    run = AutomationRun.objects.get()
    assert "Task for Rep" in client.get(f"/automations/{made.pk}/runs/{run.pk}/").content.decode()
    panel = client.get(f"/customers/{customer.pk}/").content.decode()
    assert "Automations that ran here" in panel
    assert f"/automations/{made.pk}/runs/{run.pk}/" in panel
    assert (
        "Welcome"
        in client.get(f"/automations/lists/contacts-customer/records/{customer.pk}/").content.decode()
    )


def test_every_ready_made_one_opens_in_the_builder(manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    page = client.get("/automations/").content.decode()
    assert page.count("?start=") == 9
    for start in ("churn-risk", "without-owner", "no-contact", "next-order-missed", "lead-qualified"):
        page = client.get(f"{NEW}?start={start}").content.decode()
        assert 'name="step"' in page


def test_a_ready_made_one_can_be_saved_as_it_is(manager: User, sign_in: SignIn) -> None:
    asked = '{"all":[{"field":"churn_risk","op":"gte","value":0.7}]}'
    sent = form(cause="schedule", every="day", hour="7", rule=asked)
    assert sign_in(manager).post(NEW, sent).status_code == 302
    made = Automation.objects.get()
    assert made.trigger == {"every": "day", "hour": 7, "again": False}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"step": []}, "Add an action"),
        ({"s0-title": "{{ record.nothing }}"}, "There is no field record.nothing"),
        ({"rule": '{"all":[{"field":"nothing","op":"is","value":"x"}]}'}, "There is no field"),
        ({"rule": "[[["}, "This rule cannot be read"),
        ({"cause": "date", "field": "city", "days": "3"}, "Select a valid choice"),
        ({"cause": "nonsense"}, "Select a valid choice"),
        ({"s0-to": "person"}, "Choose one"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(
    wrong: dict[str, Any], said: str, manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(manager)
    unchanged()
    answer = client.post(NEW, form(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'name="s0-title"' in answer.content.decode() or wrong == {"step": []}
    unchanged()


def test_actions_are_added_moved_and_removed_without_a_script(manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    page = client.post(NEW, form(do="add:tag")).content.decode()
    assert 'value="1:tag"' in page
    assert "Call {{ record.name }}" in page
    moved = client.post(NEW, form(step=["0:task", "1:tag"], do="up:1")).content.decode()
    assert moved.index('value="1:tag"') < moved.index('value="0:task"')
    gone = client.post(NEW, form(step=["0:task", "1:tag"], do="remove:0")).content.decode()
    assert 'value="0:task"' not in gone
    assert Automation.objects.count() == 0


def test_the_dry_run_stands_on_the_page_and_nothing_is_saved(
    manager: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    edit(customer, rep, city="Bern")
    page = sign_in(manager).post(NEW, form(do="dry-run")).content.decode()
    assert "It would have run once" in page
    assert "Ada Lindqvist" in page
    assert (Automation.objects.count(), Task.objects.count()) == (0, 0)


def test_an_edit_makes_a_version_and_shows_what_changed(manager: User, sign_in: SignIn) -> None:
    made = automation(manager, "changed", TASK)
    client = sign_in(manager)
    page = client.get(f"/automations/{made.pk}/edit/").content.decode()
    assert f'name="version" value="{made.version}"' in page
    sent = form(version=made.version, name="Other")
    assert client.post(f"/automations/{made.pk}/edit/", sent).status_code == 302
    assert Automation.objects.get().number == 2
    compared = client.get(f"/automations/{made.pk}/versions/2/").content.decode()
    assert "One of these changes on a customer: City" in compared
    assert "Call {{ record.name }}" in compared


def test_a_stale_edit_is_told(manager: User, admin: User, sign_in: SignIn) -> None:
    made = automation(manager, "changed", TASK)
    stale = made.version
    automation_edit(actor=admin, automation=made, values={"name": "Theirs"}, version=stale)
    answer = sign_in(manager).post(f"/automations/{made.pk}/edit/", form(version=stale))
    assert answer.status_code == 422
    assert "Somebody else changed this automation" in answer.content.decode()
    assert Automation.objects.get().name == "Theirs"


def test_a_deleted_one_comes_back_switched_off(manager: User, sign_in: SignIn) -> None:
    made = automation(manager, "changed", TASK)
    client = sign_in(manager)
    client.post(f"/automations/{made.pk}/delete/")
    assert client.get(f"/automations/{made.pk}/").status_code == 404
    client.post(f"/automations/{made.pk}/restore/")
    made.refresh_from_db()
    assert (made.is_on, made.deleted_at) == (False, None)


def test_a_refusal_to_switch_on_is_told(manager: User, sign_in: SignIn) -> None:
    made = automation(manager, "changed", TASK)
    automation_switch(actor=manager, automation=made, on=False)
    Automation.objects.update(rule=rule("nothing", "is", "x"))
    page = sign_in(manager).post(f"/automations/{made.pk}/switch/", {"on": "1"}, follow=True).content.decode()
    assert "There is no field" in page
    assert not Automation.objects.get().is_on


def test_others_have_none(rep: User, manager: User, sign_in: SignIn, unchanged: Callable[[], None]) -> None:
    made = automation(manager, "changed", TASK)
    client = sign_in(rep)
    unchanged()
    for path in ("", "new/", "new/contacts-customer/", f"{made.pk}/", f"{made.pk}/edit/"):
        assert client.get(f"/automations/{path}").status_code == 403
    for path in ("switch", "confirm", "delete", "restore"):
        assert client.post(f"/automations/{made.pk}/{path}/").status_code == 403
    unchanged()
    assert "/automations/" not in client.get("/").content.decode()


def test_the_log_tells_nothing_of_a_hidden_record(
    manager: User, narrow: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    automation(manager, "changed", tag("secret-tag"))
    edit(customer, rep, city="Bern")
    work()
    role = narrow.roles.get()
    role.matrix = role.matrix | {"automation.automation": {"view": "all"}}
    role.save()
    page = sign_in(narrow).get(f"/automations/{Automation.objects.get().pk}/").content.decode()
    assert "which you may not see" in page
    assert "Ada" not in page
    assert "Tag secret-tag added" not in page


def test_the_list_costs_the_same_however_many_there_are(
    manager: User, sign_in: SignIn, count_queries: Callable[..., Any]
) -> None:
    client = sign_in(manager)
    automation(manager, "changed", TASK)
    client.get("/automations/")
    with count_queries() as few:
        client.get("/automations/")
    for _number in range(10):
        automation(manager, "changed", TASK)
    with count_queries() as many:
        client.get("/automations/")
    assert len(many.captured_queries) == len(few.captured_queries)


def test_the_log_costs_the_same_however_long(
    manager: User, rep: User, customer: Customer, sign_in: SignIn, count_queries: Callable[..., Any]
) -> None:
    made = automation(manager, "changed", TASK)
    client = sign_in(manager)
    for city in ("Bern", "Biel"):
        edit(customer, rep, city=city)
    work()
    client.get(f"/automations/{made.pk}/")
    with count_queries() as few:
        client.get(f"/automations/{made.pk}/")
    for number in range(10):
        edit(customer, rep, city=f"City {number}")
    work()
    with count_queries() as many:
        client.get(f"/automations/{made.pk}/")
    assert len(many.captured_queries) == len(few.captured_queries)
