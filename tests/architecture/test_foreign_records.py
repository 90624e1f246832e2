"""Every address with an id, asked for a real record of somebody else: 404, and nothing is written.

The twin asks as a person who may see everything, so that a record which is not there does not pass for a hidden one.
"""

import re
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.utils import timezone

from contacts.kinds import CUSTOMERS
from contacts.models import BookingPage, ContactPoint, Customer, Tag
from contacts.services.booking import PAGE_FIELDS, booking_page_create
from contacts.services.customer import customer_create, customer_edit, customer_tag
from contacts.services.engagement import attachment_create, relationship_create, task_create
from contacts.services.feed import feed_create
from contacts.services.interaction import interaction_create
from contacts.services.points import point_create
from crm.access.models import Role
from crm.access.permissions import catalogue
from crm.api.services import token_create
from crm.assignment.models import Pool, PoolMember
from crm.audit.models import AuditEntry
from crm.automation.models import Automation, AutomationRun, AutomationVersion, WebhookDelivery
from crm.bulk.models import BulkRun
from crm.calendars.models import Absence, BusinessCalendar, OwnDay
from crm.calendars.services import absence_create
from crm.fields.models import CustomField
from crm.imports.models import ImportRun
from crm.imports.services import run_create
from crm.jobs.files import job_file_create
from crm.jobs.models import Job, JobFile
from crm.jobs.services import enqueue
from crm.layouts.models import RecordLayout
from crm.lists.kind_view import KindView
from crm.lists.models import View
from crm.lists.services import view_create
from crm.mail.models import MailAccount, OutgoingMail, RawMail
from crm.mail.services import mail_enqueue
from crm.money.models import ExchangeRate
from crm.staff.models import Invite, Team, User
from crm.staff.services.invites import invite_create
from sales.models import (
    BundlePart,
    Deal,
    DealCompetitor,
    DealPerson,
    DiscountLimit,
    Lead,
    LeadRule,
    LossReason,
    PriceBook,
    PriceBookEntry,
    Product,
    ProductRule,
    RecommendationOffer,
    Stage,
)
from sales.services.deal import deal_create
from sales.services.order import Line, order_create
from sales.services.quote import quote_create
from tests.architecture import calendar_scenes, sequence_records
from tests.architecture.email_records import EMAIL_FACTORIES
from tests.architecture.sales_records import approval_of, line_of
from tests.architecture.test_deny_matrix import protected
from tests.conftest import first_pipeline, person
from tests.sample.models import Machine

SignIn = Callable[[User], Client]
ID = re.compile(r"(?P<kind>[\w-]+)/<(?P<converter>\w+):(?P<name>\w+)>")
METHODS = ("get", "post")


def customer_of(owner: User) -> Customer:
    return customer_create(actor=owner, values={"name": "Secret Person", "kind": "person"})


def tag_of(owner: User, customer: Customer) -> Tag:
    customer_tag(actor=owner, customer=customer, names=["secret"])
    return Tag.objects.get(name="secret")


def relationship_of(owner: User, customer: Customer) -> models.Model:
    return relationship_create(actor=owner, customer=customer, other=customer_of(owner), kind="partner_of")


def task_of(owner: User, customer: Customer) -> models.Model:
    return task_create(actor=owner, values={"title": "Secret task", "customer": customer})


def booking_page_of(owner: User, customer: Customer) -> models.Model:
    page = BookingPage(user=owner, slug="secret", title="Secret meeting")
    values = {name: getattr(page, name) for name in PAGE_FIELDS}
    return booking_page_create(actor=owner, values=values)


def feed_of(owner: User, customer: Customer) -> models.Model:
    return feed_create(actor=owner, name="Secret phone")[0]


def interaction_of(owner: User, customer: Customer) -> models.Model:
    return interaction_create(
        actor=owner, customer=customer, values={"kind": "note", "summary": "Secret note"}
    )


def attachment_of(owner: User, customer: Customer) -> models.Model:
    return attachment_create(actor=owner, customer=customer, upload=SimpleUploadedFile("a.txt", b"secret"))


def order_of(owner: User, customer: Customer) -> models.Model:
    lines = [Line(Decimal(1), Decimal(40), text="Secret beans")]
    return order_create(
        actor=owner, customer=customer, placed_on=date(2026, 3, 1), currency="USD", lines=lines
    )


def deal_of(owner: User, customer: Customer) -> Deal:
    """The same for all parts of an address."""
    first_pipeline()
    found = Deal.objects.filter(customer=customer).first()
    stage = Stage.objects.filter(kind="open").order_by("position")[0]
    values = {"name": "Secret deal", "customer": customer, "stage": stage, "amount": Decimal(5)}
    return found or deal_create(actor=owner, values=values)


def lead_of(owner: User, customer: Customer) -> Lead:
    customer_edit(actor=owner, customer=customer, values={"lead_status": "new"}, version=customer.version)
    return Lead.objects.get(pk=customer.pk)


def participant_of(owner: User, customer: Customer) -> DealPerson:
    return DealPerson.objects.create(deal=deal_of(owner, customer), customer=customer, role="user")


def competitor_of(owner: User, customer: Customer) -> DealCompetitor:
    return DealCompetitor.objects.create(deal=deal_of(owner, customer), name="Secret")


def quote_of(owner: User, customer: Customer) -> models.Model:
    return quote_create(actor=owner, deal=deal_of(owner, customer))


def product_of(owner: User, customer: Customer) -> models.Model:
    """Products belong to nobody, so whoever sees only their own sees none."""
    return Product.objects.create(code=f"S-{Product.objects.count()}", name="Secret beans", price_amount=9)


def import_of(owner: User, customer: Customer) -> ImportRun:
    upload = SimpleUploadedFile("orders.csv", b"customer_id,ordered_on,amount\n1,2026-01-31,10\n")
    run = run_create(actor=owner, kind="order", source="shop", upload=upload)
    run.bad_rows.save("bad.csv", ContentFile(b"row\n"))
    return run


def point_of(owner: User, customer: Customer) -> ContactPoint:
    return point_create(actor=owner, customer=customer, kind="web", text="somebody.example")


def view_of(owner: User, customer: Customer) -> View:
    return view_create(
        actor=owner, kind=CUSTOMERS, values={"name": "Secret", "params": {}, "rule": {}, "columns": []}
    )


def entry_of(owner: User, customer: Customer) -> AuditEntry:
    customer_edit(actor=owner, customer=customer, values={"city": "Secret"}, version=customer.version)
    return AuditEntry.objects.latest("pk")


def layout_of(owner: User, customer: Customer) -> RecordLayout:
    return RecordLayout.objects.get_or_create(kind="contacts.customer", role=None)[0]


def field_of(owner: User, customer: Customer) -> CustomField:
    number = CustomField.objects.count()
    return CustomField.objects.create(
        kind="contacts.customer", key=f"x_{number}", label=f"X {number}", type="text"
    )


def machine_of(owner: User, customer: Customer) -> Machine:
    return Machine.objects.create(name="Secret", owner=owner, team=customer.team)


def bulk_of(owner: User, customer: Customer) -> BulkRun:
    return BulkRun.objects.create(kind="contacts.customer", action="delete", words="Secret", actor=owner)


def job_of(owner: User, customer: Customer) -> Job:
    return enqueue("sample.steps", customer.pk, actor=owner, payload={"steps": 3})


def job_file_of(owner: User, customer: Customer) -> JobFile:
    return job_file_create(job_of(owner, customer), "secret.csv", lambda file: file.write(b"secret"))


def invite_of(owner: User, customer: Customer) -> Invite:
    email = f"secret{Invite.objects.count()}@tenure.example"
    return invite_create(actor=owner, email=email, name="", teams=[], roles=[], base_url="http://testserver")


def calendar_of(owner: User, customer: Customer) -> BusinessCalendar:
    name = f"Calendar {customer.pk}"  # the same for all parts of an address
    return BusinessCalendar.objects.get_or_create(name=name, defaults={"time_zone": "UTC"})[0]


def absence_of(owner: User, customer: Customer) -> Absence:
    day = date(2027, 1, 1)
    return absence_create(actor=owner, owner=owner, starts_on=day, ends_on=day, note="Secret reason")


def pool_of(owner: User, customer: Customer) -> Pool:
    return Pool.objects.get_or_create(name=f"Pool {customer.pk}")[0]


def account_of(owner: User, customer: Customer) -> MailAccount:
    values = {"imap_host": "127.0.0.1", "imap_port": 1, "since_on": date(2026, 1, 1)}
    return MailAccount.objects.create(name=f"Account {customer.pk}", address="a@b.example", **values)


def held_of(owner: User, customer: Customer) -> RawMail:
    account = account_of(owner, customer)
    return RawMail.objects.create(account=account, content=b"x", size=1, sha256="x", state="quarantined")


def mail_of(owner: User, customer: Customer) -> OutgoingMail:
    given = {"subject": "Secret", "text": "Secret", "kind": "test", "key": f"test:{customer.pk}"}
    return mail_enqueue(to="ada@lindqvist.example", **given)


def automation_of(owner: User, customer: Customer) -> Automation:
    """The same for all parts of an address; written past the service, whose check a stranger would not pass."""
    found = Automation.objects.filter(name=f"Secret {customer.pk}").first()
    return found or Automation.objects.create(
        name=f"Secret {customer.pk}", kind="contacts.customer", cause="changed", owner=owner, number=1,
        actions=[{"action": "tag", "params": {"tag": "x"}}],
    )  # fmt: skip


def run_of(owner: User, customer: Customer) -> AutomationRun:
    automation = automation_of(owner, customer)
    version, _new = AutomationVersion.objects.get_or_create(
        automation=automation, number=1, defaults={"name": "Secret", "saved_by": owner}
    )
    given = {"version": version, "kind": "contacts.customer", "cause": "changed", "state": "done"}
    run, _new = AutomationRun.objects.get_or_create(
        automation=automation, event_id=1, object_id=customer.pk, defaults=given
    )
    return run


def webhook_of(owner: User, customer: Customer) -> WebhookDelivery:
    given = {"key": uuid.uuid4(), "url": "https://secret.example/", "body": "{}", "state": "dead"}
    return WebhookDelivery.objects.get_or_create(run=run_of(owner, customer), position=0, defaults=given)[0]


class Numbered:
    """A version stands in the address with its number."""

    pk = 1


def version_of(owner: User, customer: Customer) -> Any:
    run_of(owner, customer)
    return Numbered()


def rule_of(owner: User, customer: Customer) -> ProductRule:
    bought, other = product_of(owner, customer), product_of(owner, customer)
    given = {"bought": bought, "other": other, "support": 5, "base": 9, "share": 0.5, "lift": 2.0}
    return ProductRule.objects.create(pk=bought.pk, **given)


def offer_of(owner: User, customer: Customer) -> RecommendationOffer:
    product = product_of(owner, customer)
    given = {"rank": 1, "share": 0.5, "lift": 2.0, "run_number": 1, "offered_on": date(2026, 3, 1)}
    deal = deal_of(owner, customer)
    return RecommendationOffer.objects.create(deal=deal, product=product, payer=deal.payer, **given)


def book_of(owner: User, customer: Customer) -> PriceBook:
    return PriceBook.objects.create(name="Secret book", currency="USD")


def price_of(owner: User, customer: Customer) -> PriceBookEntry:
    product = product_of(owner, customer)
    return PriceBookEntry.objects.create(book=book_of(owner, customer), product=product, unit_amount=1)


def part_of(owner: User, customer: Customer) -> BundlePart:
    bundle, product = product_of(owner, customer), product_of(owner, customer)
    return BundlePart.objects.create(bundle=bundle, product=product)


def limit_of(owner: User, customer: Customer) -> DiscountLimit:
    role = Role.objects.create(key=f"secret{DiscountLimit.objects.count()}", name="Secret role")
    return DiscountLimit.objects.create(role=role, category="Secret", limit_rate=5)


FACTORIES: dict[str, Callable[[User, Customer], Any]] = {
    "customers": lambda owner, customer: customer,
    "tags": tag_of,
    "relationships": relationship_of,
    "points": point_of,
    "tasks": task_of,
    "feeds": feed_of,
    "booking": booking_page_of,
    "interactions": interaction_of,
    "attachments": attachment_of,
    "orders": order_of,
    "products": product_of,
    "deals": deal_of,
    "leads": lead_of,
    "lead-rules": lambda owner, customer: LeadRule.objects.create(name="Secret", owner=owner, saved_by=owner),
    "pipelines": lambda owner, customer: deal_of(owner, customer).pipeline,
    "stages": lambda owner, customer: deal_of(owner, customer).stage,
    "loss-reasons": lambda owner, customer: LossReason.objects.create(
        name=f"Secret {LossReason.objects.count()}"
    ),
    "participants": participant_of,
    "competitors": competitor_of,
    "quotes": quote_of,
    "lines": lambda owner, customer: line_of(deal_of(owner, customer)),
    "approvals": lambda owner, customer: approval_of(deal_of(owner, customer), owner),
    "imports": import_of,
    "records": lambda owner, customer: customer,
    "views": view_of,
    "bulk": bulk_of,
    "machines": machine_of,
    "fields": field_of,
    "layouts": layout_of,
    "history": entry_of,
    "jobs": job_of,
    "job-files": job_file_of,
    "people": lambda owner, customer: owner,
    "invites": invite_of,
    "rates": lambda owner, customer: ExchangeRate.objects.create(
        currency="SEK", valid_on=date(2026, 1, 1) + timedelta(days=ExchangeRate.objects.count()), rate=2
    ),
    "roles": lambda owner, customer: Role.objects.create(key=f"r{customer.pk}", name=f"Role {customer.pk}"),
    "teams": lambda owner, customer: owner.teams.get(),
    "hours": calendar_of,
    "days": lambda owner, customer: OwnDay.objects.get_or_create(
        calendar=calendar_of(owner, customer), day_on=date(2026, 12, 24)
    )[0],
    "out-of-office": absence_of,
    "tokens": lambda owner, customer: token_create(actor=owner, name="Secret", scopes={}, is_everything=True)[
        0
    ],
    "pools": pool_of,
    "members": lambda owner, customer: PoolMember.objects.get_or_create(
        pool=pool_of(owner, customer), user=owner
    )[0],
    "mail-accounts": account_of,
    "quarantine": held_of,
    "mails": mail_of,
    "automations": automation_of,
    "runs": run_of,
    "versions": version_of,
    "rules": rule_of,
    "offers": offer_of,
    "price-books": book_of,
    "prices": price_of,
    "parts": part_of,
    "discount-limits": limit_of,
    "webhooks": webhook_of,
    **sequence_records.FACTORIES,
    **calendar_scenes.FACTORIES,
} | EMAIL_FACTORIES
# parts of an address that name no record
WORDS = {
    "properties": "city",
    "lists": "contacts-customer",
    "options": "city",
    "bulk": "tag",
    "fields": "city",
    "layouts": "contacts-customer",
    "new": "contacts-customer",
    "history": "city",
    "state": "unmatched",
}
PATHS = [path for path in protected() if "<int:" in path]
# not the record of anybody: whoever may enter the page sees all of them
SHARED = ("settings/",)
OWNED = [path for path in PATHS if not path.startswith(SHARED) or "tokens" in path]


def address(path: str, owner: User, customer: Customer) -> str:
    """The address with records of the owner in it; one that is restored is deleted first."""

    def part(found: re.Match[str]) -> str:
        kind = found["kind"]
        if found["converter"] != "int":
            return f"{kind}/{WORDS[kind]}"
        row = FACTORIES[kind](owner, customer)
        if path.endswith("/restore/"):
            type(row)._base_manager.filter(pk=row.pk).update(deleted_at=timezone.now())
        return f"{kind}/{row.pk}"

    return "/" + ID.sub(part, path)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def stranger(root: Team) -> User:
    """May do everything with what they own, and owns nothing."""
    user = person("stranger", Team.objects.create(name="Far away", parent=root))
    matrix = {item.name: dict.fromkeys(item.actions, "own") for item in catalogue().values()}
    groups = {"finance": "edit", "privacy": "edit"}
    Role.objects.create(key="own", name="Own", matrix=matrix, field_groups=groups).users.add(user)
    return user


def test_every_kind_of_id_has_a_factory() -> None:
    known = FACTORIES.keys() | WORDS.keys()
    assert {found["kind"] for path in PATHS for found in ID.finditer(path)} <= known
    assert [path for path in PATHS if "<" in ID.sub("", path)] == []


@pytest.mark.parametrize("path", OWNED)
def test_a_foreign_record_is_not_found(
    path: str, admin: User, stranger: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    place = address(path, admin, customer_of(admin))
    client = sign_in(stranger)
    unchanged()
    for method in METHODS:
        answer = getattr(client, method)(place)
        has_method = hasattr(protected()[path], method)
        without = (
            302 if method == "get" else 405
        )  # to the page it belongs to, whether the record exists or not
        assert answer.status_code == (404 if has_method else without), f"{method} {place}"
        assert b"ecret" not in answer.content
    unchanged()


@pytest.mark.parametrize("path", PATHS)
def test_those_without_a_role_are_turned_away(
    path: str, admin: User, outsider: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    place = address(path, admin, customer_of(admin))
    client = sign_in(outsider)
    unchanged()
    view = protected()[path]
    is_judged = view.permission or issubclass(view, KindView)
    refused = 403 if is_judged else 404  # everybody has some of their own
    for method in METHODS:
        answer = getattr(client, method)(place).status_code
        without = 302 if method == "get" else 405
        expected = refused if refused == 403 or hasattr(protected()[path], method) else without
        assert answer == expected, f"{method} {place}"
    unchanged()


@pytest.mark.parametrize("path", PATHS)
def test_the_record_is_there_for_those_who_may_see_it(path: str, admin: User, sign_in: SignIn) -> None:
    place = address(path, admin, customer_of(admin))
    client = sign_in(admin)
    for method in METHODS:
        if hasattr(protected()[path], method):
            assert getattr(client, method)(place).status_code in (200, 302, 422), f"{method} {place}"


@pytest.mark.parametrize("path", [path for path in PATHS if hasattr(protected()[path], "get")])
def test_looking_at_a_record_writes_nothing(
    path: str, admin: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    place = address(path, admin, customer_of(admin))
    client = sign_in(admin)
    unchanged()
    for headers in ({}, {"HX-Request": "true"}):
        assert client.get(place, headers=headers).status_code < 400, place
    unchanged()


@pytest.mark.parametrize("path", [path for path in PATHS if path.count("<int:") > 1])
def test_a_foreign_part_of_an_own_record_is_left_alone(
    path: str, admin: User, stranger: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    foreign = address(path, admin, customer_of(admin))
    own = re.sub(r"^/customers/\d+/", f"/customers/{customer_of(stranger).pk}/", foreign)
    client = sign_in(stranger)
    unchanged()
    assert client.post(own).status_code in (200, 302, 404, 405, 422)
    unchanged()
