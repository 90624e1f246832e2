"""No action on many records reaches what its actor may not see, and none goes on after its undo."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from contacts.kinds import CUSTOMERS
from contacts.models import Customer
from contacts.services.customer import customer_create, customer_edit
from crm.access.models import Role
from crm.bulk.actions import list_actions
from crm.bulk.models import BulkRun
from crm.bulk.services import counts, run_ask_undo, run_create
from crm.jobs.models import Job, JobFile
from crm.jobs.services import run as run_job
from crm.staff.models import User

SignIn = Callable[[User], Client]
LIST = "/lists/contacts-customer/"


@pytest.fixture
def careless(narrow: User) -> User:
    """Sees only what is theirs, and holds everything else for all."""
    role = Role.objects.get(key="own-only")
    role.matrix["contacts.customer"] |= dict.fromkeys(("edit", "delete", "export", "bulk"), "all")
    role.save()
    return User.objects.get(pk=narrow.pk)


@pytest.fixture
def hidden(admin: User) -> Customer:
    return customer_create(actor=admin, values={"name": "Hidden One", "kind": "person"})


def test_hidden_records_are_neither_edited_nor_deleted(
    careless: User, hidden: Customer, sign_in: SignIn
) -> None:
    client = sign_in(careless)
    client.post(f"{LIST}bulk/edit/?id={hidden.pk}", {"field": "city", "value-city": "Owned"})
    client.post(f"{LIST}bulk/delete/?id={hidden.pk}")
    hidden.refresh_from_db()
    assert (hidden.city, hidden.deleted_at) == ("", None)


def test_hidden_records_are_not_exported(careless: User, hidden: Customer, sign_in: SignIn) -> None:
    sign_in(careless).post(f"{LIST}export/?all=1")
    run_job(Job.objects.get(name="bulk.export_list").pk)
    with JobFile.objects.get().file.open("rb") as file:
        assert b"Hidden One" not in file.read()


@pytest.fixture
def employed(admin: User, narrow: User, hidden: Customer) -> Customer:
    """A person of the narrow one, who works at an organisation that they may not see."""
    employer = customer_create(actor=admin, values={"name": "Secret Holdings", "kind": "organisation"})
    person = customer_create(actor=narrow, values={"name": "Pat", "kind": "person"})
    values = {"organisation": employer}
    return customer_edit(actor=admin, customer=person, values=values, version=person.version)


@pytest.mark.parametrize("part", ["fields", "properties"])
def test_a_hidden_employer_is_not_told_and_not_written_over(
    narrow: User, employed: Customer, sign_in: SignIn, part: str
) -> None:
    client, address = sign_in(narrow), f"{LIST}records/{employed.pk}/{part}/organisation/"
    assert client.get(address).status_code == 403
    assert client.post(address, {"value": "", "version": employed.version}).status_code == 403
    employed.refresh_from_db()
    assert employed.organisation is not None


def test_a_hidden_employer_is_left_by_bulk_work(narrow: User, employed: Customer) -> None:
    action, params = list_actions()["edit"], {"field": "organisation", "value": None}
    run = run_create(
        actor=narrow, kind=CUSTOMERS, action=action, params=params, selection={"ids": [employed.pk]}
    )
    employed.refresh_from_db()
    assert employed.organisation is not None
    assert counts(run)["changed"] == 0


@pytest.fixture
def waiting(manager: User) -> BulkRun:
    """A run that its job has not begun."""
    for index in range(3):
        customer_create(actor=manager, values={"name": f"P{index}", "kind": "person", "city": "Bern"})
    params = {"field": "city", "value": "Ulm"}
    action = list_actions()["edit"]
    return run_create(actor=manager, kind=CUSTOMERS, action=action, params=params, selection={"query": ""})


def test_a_run_that_is_not_over_cannot_be_undone_yet(manager: User, waiting: BulkRun) -> None:
    with pytest.raises(ValidationError, match="not over yet"):
        run_ask_undo(actor=manager, run=waiting)
    run_job(Job.objects.get(name="bulk.run").pk)
    run_ask_undo(actor=manager, run=BulkRun.objects.get())
    assert not Customer.objects.filter(city="Ulm").exists()


def test_a_run_that_was_undone_does_not_go_on(manager: User, waiting: BulkRun) -> None:
    job = Job.objects.get(name="bulk.run")
    Job.objects.filter(pk=job.pk).update(state=Job.State.DEAD)
    run_ask_undo(actor=manager, run=waiting)
    Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED)
    run_job(job.pk)
    assert not Customer.objects.filter(city="Ulm").exists()
