"""E-mail about notifications: at once or as a digest, each line once."""

import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_edit
from crm.jobs.models import Job
from crm.mail.models import OutgoingMail
from crm.notifications.kinds import ASSIGNED, FOLLOWED, MENTION, kinds
from crm.notifications.models import DigestSetting, KindSetting, Notification
from crm.notifications.services import notify
from crm.notifications.services.mailing import digests_send, mail_now
from crm.staff.models import User

SignIn = Callable[[User], Client]
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
EIGHT = datetime(2026, 11, 26, 8, 0, tzinfo=BERLIN)


def tell(
    user: User, kind: str = MENTION, text: str = "Mentioned you in a note", **values: Any
) -> Notification:
    row = notify(**{"user": user, "kind": kind, "text": text, "url": "/tasks/", **values})
    assert row is not None
    return row


def tell_at(user: User, moment: datetime, text: str = "Edited: City", **values: Any) -> Notification:
    """A line for the digest, told at this moment."""
    row = tell(user, FOLLOWED, text, **values)
    Notification.objects.filter(pk=row.pk).update(at=moment)
    return row


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.order_by("pk"))


@pytest.mark.django_db(transaction=True)
def test_a_mention_is_mailed_at_once(
    manager: User, rep: User, customer: Customer, work: Callable[..., None]
) -> None:
    tell(manager, actor=rep, obj=customer, detail="Call <them>", url=f"/customers/{customer.pk}/")
    work("notifications.mail_now")
    (mail,) = mails()
    assert (mail.to, mail.kind) == (manager.email, "notification")
    assert mail.subject == "Rep: Mentioned you in a note (Ada Lindqvist)"
    for part in (mail.text, mail.html):
        assert f"http://localhost:8000/customers/{customer.pk}/" in part
        assert "/settings/notifications/" in part
    assert "Call <them>" in mail.text
    assert "Call &lt;them&gt;" in mail.html


def test_a_line_is_mailed_once_however_often_the_job_runs(manager: User) -> None:
    row = tell(manager)
    assert [mail_now(row.pk), mail_now(row.pk)] == [True, False]
    assert len(mails()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_mail_a_line_once(manager: User) -> None:
    row = tell(manager)
    at_once(4, lambda: mail_now(row.pk))
    assert len(mails()) == 1


def at_once(count: int, action: Callable[[], object]) -> list[object]:
    barrier, found = threading.Barrier(count), []

    def worker() -> None:
        barrier.wait()
        found.append(action())
        connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_what_was_read_meanwhile_is_not_mailed(manager: User) -> None:
    row = tell(manager)
    Notification.objects.update(read_at=timezone.now())
    assert not mail_now(row.pk)
    assert mails() == []


def test_who_left_meanwhile_gets_no_mail(manager: User) -> None:
    row = tell(manager)
    tell_at(manager, EIGHT - timedelta(hours=1))
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert not mail_now(row.pk)
    assert digests_send(EIGHT) == 0
    assert mails() == []


def test_what_became_invisible_is_not_mailed(narrow: User, admin: User, company: object) -> None:
    customer = customer_create(actor=narrow, values={"name": "Secret Person", "kind": "person"})
    row = tell(narrow, obj=customer)
    tell_at(narrow, EIGHT - timedelta(hours=1), obj=customer)
    values = {"owner": admin, "team": admin.teams.get()}
    customer_edit(actor=admin, customer=customer, values=values, version=1)
    OutgoingMail.objects.all().delete()
    assert not mail_now(row.pk)
    assert digests_send(EIGHT) == 0
    assert mails() == []


def test_only_those_who_want_it_at_once_get_it_so(manager: User) -> None:
    tell(manager, ASSIGNED)
    assert not Job.objects.filter(name="notifications.mail_now").exists()


def test_the_digest_comes_at_its_time_and_not_before(manager: User) -> None:
    tell_at(manager, EIGHT - timedelta(hours=20))
    assert digests_send(EIGHT - timedelta(minutes=1)) == 0
    assert digests_send(EIGHT) == 1
    (mail,) = mails()
    assert mail.key == f"digest:{manager.pk}:2026-11-26"
    assert mail.subject == "Halden & Ruiz: 1 thing to know"


def test_the_digest_follows_the_clock_of_the_person(manager: User) -> None:
    User.objects.filter(pk=manager.pk).update(time_zone="Asia/Tokyo")
    DigestSetting.objects.create(user=manager, digest_at=time(18, 30))
    evening = datetime(2026, 11, 26, 18, 30, tzinfo=TOKYO)
    tell_at(manager, evening - timedelta(hours=1))
    assert digests_send(evening - timedelta(minutes=1)) == 0
    assert digests_send(evening + timedelta(minutes=14)) == 1


def test_one_digest_a_day_however_often_the_clock_strikes(manager: User) -> None:
    tell_at(manager, EIGHT - timedelta(hours=1))
    assert digests_send(EIGHT) == 1
    tell_at(manager, EIGHT - timedelta(hours=1), "Late writer")
    assert digests_send(EIGHT + timedelta(hours=2)) == 0
    assert digests_send(EIGHT + timedelta(days=1)) == 1
    assert ["Late writer" in mail.text for mail in mails()] == [False, True]


def test_what_comes_after_the_digest_waits_for_tomorrow(manager: User) -> None:
    tell_at(manager, EIGHT + timedelta(hours=2))
    assert digests_send(EIGHT + timedelta(hours=3)) == 0
    assert digests_send(EIGHT + timedelta(days=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_digests_at_once_are_one(manager: User) -> None:
    tell_at(manager, EIGHT - timedelta(hours=1))
    assert sorted(at_once(4, lambda: digests_send(EIGHT)), key=str) == [0, 0, 0, 1]
    assert len(mails()) == 1


def test_the_hour_that_does_not_exist_and_the_one_that_comes_twice(manager: User) -> None:
    """Berlin, 29 March and 25 October 2026: clocks go from 2 to 3, and from 3 back to 2."""
    DigestSetting.objects.create(user=manager, digest_at=time(2, 30))
    for month, day in ((3, 29), (10, 25)):
        start = datetime(2026, month, day, 0, 0, tzinfo=BERLIN).astimezone(ZoneInfo("UTC"))
        tell_at(manager, start - timedelta(hours=1))
        sent = sum(digests_send(start + timedelta(minutes=15 * step)) for step in range(24))
        assert sent == 1


def test_the_digest_groups_by_record_and_leaves_read_lines_out(
    manager: User, rep: User, customer: Customer
) -> None:
    before = EIGHT - timedelta(hours=1)
    tell_at(manager, before, "Edited: City", obj=customer, actor=rep)
    tell_at(manager, before, "Edited: Street", obj=customer, actor=rep)
    read = tell_at(manager, before, "Old news")
    Notification.objects.filter(pk=read.pk).update(read_at=timezone.now())
    digests_send(EIGHT)
    (mail,) = mails()
    assert mail.text.count("Ada Lindqvist") == 1
    assert "Old news" not in mail.text
    assert "2 things to know" in mail.subject


def test_a_mail_tells_times_of_the_persons_own_zone(manager: User) -> None:
    User.objects.filter(pk=manager.pk).update(time_zone="Asia/Tokyo")
    tell_at(manager, datetime(2026, 11, 25, 20, 0, tzinfo=ZoneInfo("UTC")))
    digests_send(EIGHT)
    assert "26 November, 05:00" in mails()[0].html


def test_a_long_digest_says_how_many_more(manager: User) -> None:
    for place in range(53):
        tell_at(manager, EIGHT - timedelta(minutes=place + 1), f"Line {place}")
    digests_send(EIGHT)
    assert "and 3 more" in mails()[0].text


def form_of(**changes: str) -> dict[str, str]:
    data = {f"{key}-mail": "digest" for key in kinds()}
    return {**data, "mention-bell": "on", "digest_at": "08:00", **changes}


def test_people_choose_what_they_are_told(manager: User, sign_in: SignIn) -> None:
    client = sign_in(manager)
    assert client.get("/settings/notifications/").status_code == 200
    answer = client.post("/settings/notifications/", form_of(**{"mention-mail": "off", "digest_at": "18:30"}))
    assert answer.status_code == 302
    assert KindSetting.objects.get(user=manager, kind="mention").mail == "off"
    assert not KindSetting.objects.get(user=manager, kind="assigned").bell
    assert DigestSetting.objects.get(user=manager).digest_at == time(18, 30)


def test_what_waits_for_the_digest_is_dropped_with_it(manager: User, sign_in: SignIn) -> None:
    tell_at(manager, EIGHT - timedelta(hours=1))
    sign_in(manager).post("/settings/notifications/", form_of(**{"followed-mail": "off"}))
    assert digests_send(EIGHT) == 0


@pytest.mark.parametrize(
    "bad", [{"mention-mail": "hourly"}, {"mention-mail": ""}, {"digest_at": "25:00"}, {"digest_at": ""}]
)
def test_bad_choices_change_nothing(
    bad: dict[str, str], manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(manager)
    unchanged()
    assert client.post("/settings/notifications/", form_of(**bad)).status_code == 422
    unchanged()
