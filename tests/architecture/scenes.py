"""For every job of the program: work for it to do, and what stands in the database when it was done once.

A scene returns the job's row, queued, and a way to read its effect. A job without a scene fails
tests/architecture/test_jobs_twice.py.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone

from contacts.kinds import CUSTOMERS
from contacts.models import Customer, CustomerValue, DirtyCustomer, Interaction, Tag, Task
from contacts.services.customer import customer_edit, customer_tag
from contacts.services.dirty import mark_dirty
from contacts.services.engagement import task_create
from contacts.services.points import point_create
from crm.access.models import Role
from crm.api.models import ApiRequest
from crm.audit.export import trail_export
from crm.audit.models import AuditEntry
from crm.automation.models import Automation, Event, WebhookDelivery
from crm.bulk.actions import list_actions
from crm.bulk.export import export_ask
from crm.bulk.models import BulkRun
from crm.bulk.services import run_ask_undo
from crm.bulk.services import run_create as bulk_create
from crm.calendars.models import BusinessCalendar
from crm.imports.models import ImportRun
from crm.imports.services import run_check, run_create, run_start, run_undo
from crm.imports.staging import Tables
from crm.jobs.files import job_file_create
from crm.jobs.models import Job, JobFile
from crm.jobs.services import enqueue, run
from crm.mail.models import IncomingMail, MailAccount, MailPlace, OutgoingMail, RawMail
from crm.mail.services import mail_enqueue
from crm.mail.services.accounts import account_create
from crm.mail.services.fetching import account_fetch
from crm.mail.services.receiving import mail_read
from crm.notifications.kinds import FOLLOWED, MENTION
from crm.notifications.models import DigestSetting, Notification
from crm.notifications.services import notify
from crm.notifications.services.following import follow
from crm.publicforms.models import Visit
from crm.staff.models import Team, User
from crm.staff.services.handover import hand_over
from crm.staff.services.teams import team_empty
from crm.submissions.models import Submission
from sales.choices import StepKind
from sales.group_doors import last_year
from sales.group_kept import key_of
from sales.models import (
    Deal,
    DealChance,
    DealSnapshot,
    DiscountLimit,
    Enrolment,
    Order,
    Quote,
    Recommendation,
    Stage,
)
from sales.services.deal import deal_create
from sales.services.deal_lines import deal_lines_save
from sales.services.enrolment import sequence_enrol
from sales.services.order import Line
from sales.services.quote import quote_create
from sales.services.sequence import StepRow, sequence_create
from tests.architecture.calendar_scenes import connected, stands_there
from tests.conftest import first_pipeline
from tests.crm.automation.making import automation, tag
from tests.crm.mail.imap_server import PASSWORD, imap_server
from tests.sales.closing import closed_deals
from tests.sales.shop import product, shop

LONG_AGO = timedelta(days=1000)
MAIL = b"From: ada@lindqvist.example\r\nMessage-ID: <1@x.example>\r\nSubject: Hello\r\n\r\nHi"


@dataclass
class Cast:
    """Whom and what a scene may use; `stack` ends with the test."""

    admin: User
    rep: User
    manager: User
    customer: Customer
    order: Order
    stack: ExitStack
    patch: pytest.MonkeyPatch


Effect = Callable[[], Any]
Work = tuple[Job, Effect, Any]  # a queued job, what it brings about, and that after it was done once
Scene = Callable[[Cast], Work]
SCENES: dict[str, Scene] = {}


def scene(name: str) -> Callable[[Scene], Scene]:
    def declared(function: Scene) -> Scene:
        SCENES[name] = function
        return function

    return declared


def waiting(name: str) -> Job:
    """The job that a service has queued."""
    return Job.objects.filter(name=name, state="queued").latest("pk")


def noon(user: User) -> None:
    """Moves a person to where it is about noon now, so that a day has begun and is not over."""
    offset = 12 - timezone.now().hour
    zone = f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"
    User.objects.filter(pk=user.pk).update(time_zone=zone)


# --- mail ---------------------------------------------------------------------------------------------------


def outgoing() -> OutgoingMail:
    return mail_enqueue(key="a:1", to="ada@lindqvist.example", subject="Hello", text="Hi", kind="invite")


@scene("mail.send_outgoing")
def mail_is_sent(cast: Cast) -> Work:
    outgoing()
    return (
        waiting("mail.send_outgoing"),
        lambda: [sent.to for sent in outbox.outbox],
        [["ada@lindqvist.example"]],
    )


@scene("mail.sweep_outgoing")
def lost_mail_is_found(cast: Cast) -> Work:
    lost = outgoing()
    Job.objects.all().delete()
    OutgoingMail.objects.update(due_at=timezone.now() - LONG_AGO)
    jobs = Job.objects.filter(name="mail.send_outgoing", key=lost.pk)
    return enqueue("mail.sweep_outgoing"), jobs.count, 1


def mail_account(cast: Cast) -> Any:
    mailbox = cast.stack.enter_context(imap_server())
    mailbox.put(MAIL)
    values = {
        "name": "Support", "address": "support@tenure.example", "imap_host": "127.0.0.1",
        "imap_port": mailbox.port, "imap_security": "none", "since_on": date(2026, 1, 1),
    }  # fmt: skip
    return account_create(actor=cast.admin, values=values, password=PASSWORD)


@scene("mail.fetch_due")
def due_accounts_are_queued(cast: Cast) -> Work:
    mail_account(cast)
    Job.objects.all().delete()
    return enqueue("mail.fetch_due"), Job.objects.filter(name="mail.fetch_account").count, 1


@scene("mail.fetch_account")
def mails_are_fetched(cast: Cast) -> Work:
    return enqueue("mail.fetch_account", mail_account(cast).pk), RawMail.objects.count, 1


@scene("mail.check_due")
def mailboxes_to_compare_are_queued(cast: Cast) -> Work:
    mail_account(cast)
    return enqueue("mail.check_due"), Job.objects.filter(name="mail.check_account").count, 1


@scene("mail.check_account")
def a_mailbox_is_compared(cast: Cast) -> Work:
    account = mail_account(cast)
    places = MailPlace.objects.values_list("on_server", "missing")
    job = enqueue("mail.check_account", account.pk)
    return job, lambda: (list(places.all()), RawMail.objects.count()), ([(1, 0)], 1)


@scene("mail.read_mail")
def a_mail_is_read(cast: Cast) -> Work:
    account_fetch(mail_account(cast).pk)
    return waiting("mail.read_mail"), IncomingMail.objects.count, 1


# --- connected calendars ------------------------------------------------------------------------------------


@scene("contacts.sync_calendars")
def due_calendars_are_queued(cast: Cast) -> Work:
    connected(cast.stack, cast.rep)
    Job.objects.all().delete()
    return enqueue("contacts.sync_calendars"), Job.objects.filter(name="contacts.sync_calendar").count, 1


@scene("contacts.sync_calendar")
def a_calendar_is_compared(cast: Cast) -> Work:
    server, account = connected(cast.stack, cast.rep)
    return waiting("contacts.sync_calendar"), lambda: stands_there(server, account), (2, 1, 1)


# --- notifications ------------------------------------------------------------------------------------------


@scene("notifications.mail_now")
def a_line_is_mailed(cast: Cast) -> Work:
    notify(user=cast.manager, kind=MENTION, text="Named you", url="/tasks/")
    return waiting("notifications.mail_now"), OutgoingMail.objects.count, 1


@scene("notifications.digest")
def a_digest_is_mailed(cast: Cast) -> Work:
    noon(cast.manager)
    DigestSetting.objects.create(user=cast.manager, digest_at=time(6))
    notify(user=cast.manager, kind=FOLLOWED, text="Edited: City", url="/tasks/")
    Notification.objects.update(at=timezone.now() - timedelta(days=1))
    return enqueue("notifications.digest"), OutgoingMail.objects.count, 1


@scene("notifications.tell_followers")
def followers_are_told(cast: Cast) -> Work:
    follow(actor=cast.manager, object_type="contacts.customer", pk=cast.customer.pk)
    customer_edit(
        actor=cast.rep, customer=cast.customer, values={"city": "Bern"}, version=cast.customer.version
    )
    told = Notification.objects.filter(user=cast.manager).values_list("count", flat=True)
    return waiting("notifications.tell_followers"), lambda: list(told.all()), [1]


@scene("notifications.sweep")
def old_lines_go(cast: Cast) -> Work:
    for _times in range(2):
        notify(user=cast.manager, kind=MENTION, text="Named you", url="/tasks/")
    newest = Notification.objects.latest("pk")
    Notification.objects.exclude(pk=newest.pk).update(at=timezone.now() - LONG_AGO)
    return enqueue("notifications.sweep"), Notification.objects.count, 1


@scene("contacts.remind_soon")
def what_begins_soon_is_told(cast: Cast) -> Work:
    begins = timezone.now() + timedelta(minutes=10)
    values = {"title": "Call", "kind": "call", "starts_at": begins, "remind_at": timezone.now()}
    task_create(actor=cast.rep, values=values)
    told = Notification.objects.filter(user=cast.rep, kind="task_soon")
    return enqueue("contacts.remind_soon"), told.count, 1


@scene("contacts.remind_tasks")
def tasks_of_the_day_are_told(cast: Cast) -> Work:
    noon(cast.rep)
    rep = User.objects.get(pk=cast.rep.pk)
    today = timezone.now().date()  # where it is noon, it is the same day as in Greenwich
    task_create(actor=rep, values={"title": "Call", "due_on": today, "owner": rep})
    told = Notification.objects.filter(user=rep, text="Due today: Call")
    return enqueue("contacts.remind_tasks"), told.count, 1


# --- many records -------------------------------------------------------------------------------------------


@scene("bulk.run")
def a_list_is_tagged(cast: Cast) -> Work:
    cast.patch.setattr("crm.bulk.services.AT_ONCE", 0)
    bulk_create(
        actor=cast.manager,
        kind=CUSTOMERS,
        action=list_actions()["tag"],
        params={"tag": "Fair"},
        selection={"query": ""},
    )
    told = AuditEntry.objects.filter(action="contacts.customer.tag", object_id=cast.customer.pk)
    return waiting("bulk.run"), lambda: (told.count(), cast.customer.tags.count()), (1, 1)


@scene("bulk.undo")
def a_bulk_is_set_back(cast: Cast) -> Work:
    job, _effect, _expected = a_list_is_tagged(cast)
    run(job.pk)
    run_ask_undo(actor=cast.manager, run=BulkRun.objects.get())
    told = AuditEntry.objects.filter(action="contacts.customer.tag", object_id=cast.customer.pk)
    return waiting("bulk.undo"), lambda: (told.count(), cast.customer.tags.count()), (2, 0)


@scene("bulk.export_list")
def a_list_is_exported(cast: Cast) -> Work:
    job = export_ask(actor=cast.manager, kind=CUSTOMERS, query="")
    return job, JobFile.objects.filter(job=job).count, 1


@scene("audit.export_trail")
def the_trail_is_exported(cast: Cast) -> Work:
    job = trail_export(actor=cast.admin, query="")
    return job, JobFile.objects.filter(job=job).count, 1


@scene("contacts.match_mails")
def mails_of_an_address_follow(cast: Cast) -> Work:
    cast.customer.contact_points.all().delete()
    account_fetch(mail_account(cast).pk)
    mail_read(RawMail.objects.get().pk)
    point_create(actor=cast.rep, customer=cast.customer, kind="email", text="ada@lindqvist.example")
    job = enqueue("contacts.match_mails", cast.customer.pk)
    return job, Interaction.objects.filter(kind="email").count, 1


@scene("contacts.match_mails_like")
def mails_of_an_own_mailbox_follow(cast: Cast) -> Work:
    cast.customer.contact_points.all().delete()
    account_fetch(mail_account(cast).pk)
    mail_read(RawMail.objects.get().pk)
    MailAccount.objects.update(owner=cast.rep)
    point_create(actor=cast.rep, customer=cast.customer, kind="email", text="ada@lindqvist.example")
    job = enqueue("contacts.match_mails_like", IncomingMail.objects.get().pk)
    return job, Interaction.objects.filter(kind="email").count, 1


@scene("contacts.merge_tag")
def two_tags_become_one(cast: Cast) -> Work:
    customer_tag(actor=cast.rep, customer=cast.customer, names=["Old"])
    old, new = Tag.objects.get(name="Old"), Tag.objects.create(name="New")
    job = enqueue("contacts.merge_tag", old.pk, actor=cast.admin, payload={"into": new.pk})
    told = AuditEntry.objects.filter(action="contacts.tag.merge")
    return job, lambda: (told.count(), [each.name for each in cast.customer.tags.all()]), (1, ["New"])


@scene("staff.hand_over")
def records_are_handed_over(cast: Cast) -> Work:
    job = hand_over(actor=cast.admin, person=cast.rep, colleague=cast.manager)
    told = AuditEntry.objects.filter(object_type="contacts.customer", after__owner=cast.manager.pk)
    return job, lambda: (told.count(), Customer.objects.get().owner), (1, cast.manager)


@scene("staff.empty_team")
def the_records_of_a_team_move(cast: Cast) -> Work:
    team, root = cast.rep.teams.get(), Team.objects.get(parent=None)
    job = team_empty(actor=cast.admin, team=team, successor=root)
    return job, lambda: [Customer.objects.get().team, Order.objects.get().team], [root, root]


# --- imports ------------------------------------------------------------------------------------------------


def import_checked(cast: Cast) -> ImportRun:
    file = SimpleUploadedFile("orders.csv", b"customer_id,ordered_on,amount\n7,2026-01-31,12.50\n")
    made = run_create(actor=cast.admin, kind="order", source="shop", upload=file)
    cast.stack.callback(lambda: made.file.delete(save=False))
    cast.stack.callback(Tables(made).drop)
    mapping = [(name, name) for name in ("customer_id", "ordered_on", "amount")]
    return run_check(actor=cast.admin, run=made, mapping=mapping)


def import_running(cast: Cast) -> ImportRun:
    import_checked(cast)
    run(waiting("imports.check_import").pk)
    return run_start(actor=cast.admin, run=ImportRun.objects.get())


@scene("imports.check_import")
def a_file_is_checked(cast: Cast) -> Work:
    import_checked(cast)
    found = ImportRun.objects.values_list("state", "rows", "bad")
    return waiting("imports.check_import"), lambda: list(found.all()), [("checked", 1, 0)]


@scene("imports.run_import")
def a_file_is_imported(cast: Cast) -> Work:
    import_running(cast)
    shop = Order.objects.filter(source="shop")
    return waiting("imports.run_import"), lambda: (shop.count(), ImportRun.objects.get().created), (1, 1)


@scene("imports.undo_import")
def an_import_is_taken_back(cast: Cast) -> Work:
    import_running(cast)
    run(waiting("imports.run_import").pk)
    run_undo(actor=cast.admin, run=ImportRun.objects.get())
    left = Order.objects.filter(source="shop")
    return (
        waiting("imports.undo_import"),
        lambda: (left.count(), ImportRun.objects.get().state),
        (0, "undone"),
    )


# --- automations --------------------------------------------------------------------------------------------


WEBHOOK = {
    "action": "webhook",
    "params": {"url": "https://example.invalid/hook", "fields_sent": ["record.name"]},
}


def changed_with(cast: Cast, *actions: dict[str, Any]) -> Automation:
    made = automation(cast.manager, "changed", *actions)
    customer_edit(
        actor=cast.rep, customer=cast.customer, values={"city": "Bern"}, version=cast.customer.version
    )
    return made


@scene("automation.handle")
def an_automation_runs(cast: Cast) -> Work:
    changed_with(cast)
    return waiting("automation.handle"), Task.objects.filter(title="Call").count, 1


@scene("automation.deliver")
def a_message_is_delivered(cast: Cast) -> Work:
    changed_with(cast, tag("Hot"), WEBHOOK)
    run(waiting("automation.handle").pk)
    tried = WebhookDelivery.objects.values_list("attempts", flat=True)
    return waiting("automation.deliver"), lambda: list(tried.all()), [1]


@scene("automation.tick")
def the_clock_wakes_an_automation(cast: Cast) -> Work:
    made = automation(cast.manager, "schedule", trigger={"every": "day", "at": "06:00"})
    Automation.objects.filter(pk=made.pk).update(next_at=timezone.now() - timedelta(minutes=1))
    return enqueue("automation.tick"), Event.objects.count, 1


# --- values -------------------------------------------------------------------------------------------------


@scene("analytics.value_refresh")
def values_are_computed(cast: Cast) -> Work:
    return enqueue("analytics.value_refresh"), CustomerValue.objects.count, 1


@scene("analytics.statistics_pull")
def a_payer_is_counted_anew(cast: Cast) -> Work:
    run(enqueue("analytics.value_refresh").pk)
    mark_dirty([cast.customer.pk], "order")
    return enqueue("analytics.statistics_pull"), DirtyCustomer.objects.count, 0


@scene("sales.recommendation_refresh")
def what_is_bought_together_is_learnt(cast: Cast) -> Work:
    shop([("Beans", "Filters")] * 6 + [("Beans",)] + [("Tea",)] * 6)
    return enqueue("sales.recommendation_refresh"), Recommendation.objects.count, 1


# --- what is forgotten --------------------------------------------------------------------------------------


def aged(model: Any, **values: Any) -> Any:
    made = model.objects.create(**values)
    model.objects.filter(pk=made.pk).update(created_at=timezone.now() - LONG_AGO)
    return model.objects.count


@scene("api.sweep")
def old_answers_go(cast: Cast) -> Work:
    count = aged(ApiRequest, user=cast.rep, key="1", digest="1", status=200)
    return enqueue("api.sweep"), count, 0


@scene("submissions.sweep")
def old_forms_go(cast: Cast) -> Work:
    return enqueue("submissions.sweep"), aged(Submission, user=cast.rep, key="1", digest="1"), 0


@scene("publicforms.sweep")
def old_visits_go(cast: Cast) -> Work:
    Visit.objects.create(what="form", who="1", window=0, count=1)
    return enqueue("publicforms.sweep"), Visit.objects.count, 0


@scene("jobs.tidy")
def old_files_go(cast: Cast) -> Work:
    job = Job.objects.create(name="bulk.export_list", state="done", finished_at=timezone.now())
    job_file_create(job, "list.csv", lambda file: file.write(b"name"))
    JobFile.objects.update(expires_at=timezone.now() - LONG_AGO)
    return enqueue("jobs.tidy"), JobFile.objects.count, 0


# --- sales --------------------------------------------------------------------------------------------------------


def quote_of(cast: Cast) -> Quote:
    first_pipeline()
    values = {"name": "Bar", "customer": cast.customer, "amount": 9, "stage": Stage.objects.all()[0]}
    return quote_create(actor=cast.rep, deal=deal_create(actor=cast.rep, values=values))


@scene("sales.make_quote_file")
def a_quote_is_made_once(cast: Cast) -> Work:
    quote = quote_of(cast)
    media = cast.stack.enter_context(TemporaryDirectory())
    cast.stack.enter_context(override_settings(MEDIA_ROOT=media))
    folder = Path(media) / "quotes"
    return (
        waiting("sales.make_quote_file"),
        lambda: (len(list(folder.glob("*"))), Quote.objects.get(pk=quote.pk).file_state),
        (1, "ready"),
    )


@scene("sales.expire_quotes")
def late_quotes_expire(cast: Cast) -> Work:
    quote_of(cast)
    Quote.objects.update(status="sent", valid_until=date(2026, 1, 1))
    told = AuditEntry.objects.filter(action="sales.quote.expire")
    return enqueue("sales.expire_quotes"), told.count, 1


@scene("sales.flag_deals")
def deals_say_that_they_need_approval(cast: Cast) -> Work:
    deal = quote_of(cast).deal
    line = Line(Decimal(1), Decimal(8), product("Mill"))
    deal_lines_save(actor=cast.rep, deal=deal, lines=[line], version=deal.version)
    DiscountLimit.objects.create(role=Role.objects.get(key="sales-rep"), limit_rate=10)
    return enqueue("sales.flag_deals"), Deal.objects.filter(approval="needed").count, 1


@scene("sales.run_sequences")
def a_due_step_is_carried_out(cast: Cast) -> Work:
    step = StepRow(StepKind.MAIL, "Hello", "Shall we talk?")
    sequence = sequence_create(actor=cast.rep, values={"name": "Roasters"}, steps=[step])
    sequence_enrol(actor=cast.rep, sequence=sequence, customer=cast.customer)
    Enrolment.objects.update(due_at=timezone.now())
    BusinessCalendar.objects.create(
        name="Always", time_zone="Europe/Berlin", is_default=True, week=[[[0, 24 * 60]]] * 7
    )
    return enqueue("sales.run_sequences"), OutgoingMail.objects.count, 1


@scene("sales.snapshot_deals")
def deals_are_noted_once_a_day(cast: Cast) -> Work:
    quote_of(cast)
    return enqueue("sales.snapshot_deals"), DealSnapshot.objects.count, 1


@scene("sales.win_model_refresh")
def closed_deals_are_learnt_from(cast: Cast) -> Work:
    first_pipeline()
    stages = {stage.name: stage for stage in Stage.objects.all()}
    closed_deals(cast.rep, cast.customer, stages, 50, 50)
    quote_of(cast)
    return enqueue("sales.win_model_refresh"), DealChance.objects.count, 1


@scene("sales.score_deals")
def open_deals_are_told_of(cast: Cast) -> Work:
    work = closed_deals_are_learnt_from(cast)
    run(work[0].pk)
    DealChance.objects.all().delete()
    return enqueue("sales.score_deals"), DealChance.objects.count, 1


@scene("sales.count_groups")
def groups_that_take_long_are_kept(cast: Cast) -> Work:
    cache.clear()
    cast.stack.callback(cache.clear)
    cast.patch.setattr("sales.group_kept.SLOW_SECONDS", 0)
    key = key_of(last_year())
    return enqueue("sales.count_groups"), lambda: cache.get(key) is not None, True
