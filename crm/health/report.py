"""How the system is, for administrators: what was found, and in plain words what to do about it."""

import platform
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import django
import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.backup.models import BackupRun
from crm.backup.selectors import newest_run
from crm.company.reading import long_moment
from crm.health.checks import migrations
from crm.jobs.models import Job, Pulse
from crm.jobs.pulse import CLOCK, WORKER
from crm.mail.choices import OutgoingState
from crm.mail.models import OutgoingMail

GOOD, WARNING, BAD = "positive", "warning", "negative"
SILENT = timedelta(seconds=90)
LATE_MAIL = timedelta(minutes=15)
OLD_BACKUP, OLD_PROOF = timedelta(days=2), timedelta(days=14)
LOW_SHARE, LOW_BYTES = 0.1, 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """`text` is what was found, `advice` what to do about it; `url` leads to where it is seen or done."""

    state: str
    text: str
    advice: str = ""
    url: str = ""


@dataclass(frozen=True)
class Check:
    key: str
    label: str | Promise
    find: Callable[[], Finding]

    def finding(self) -> Finding:
        """A check that cannot be made is a finding of its own, and no other check waits for it."""
        try:
            return self.find()
        except (DatabaseError, OSError, redis.RedisError) as fault:
            text = _("This could not be checked: %s") % type(fault).__name__
            return Finding(BAD, text, _("Look into the log of the web server."))


def asked(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])


def database() -> Finding:
    size = filesizeformat(int(asked("SELECT pg_database_size(current_database())")))
    used = int(asked("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"))
    most = int(asked("SHOW max_connections"))
    words = {"version": asked("SHOW server_version").split()[0], "size": size, "used": used, "most": most}
    text = _("PostgreSQL %(version)s holds %(size)s; %(used)s of %(most)s connections are in use.") % words
    if waiting := migrations():
        return Finding(BAD, text, f"{waiting} " + _("Run manage.py migrate."))
    if used > 0.9 * most:
        return Finding(WARNING, text, _("Raise max_connections, or run fewer web and worker processes."))
    return Finding(GOOD, text)


def broker() -> Finding:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            info = client.info("server")
    except redis.RedisError:
        advice = _("Start Valkey (or Redis). Nothing is lost meanwhile: work waits in the database.")
        return Finding(BAD, _("The broker does not answer."), advice)
    name = info.get("valkey_version") or info.get("redis_version")
    return Finding(GOOD, _("The broker answers (version %s).") % name)


def signs_of(part: str) -> tuple[list[str], datetime | None]:
    """The machines where the part was alive just now, and when it last was anywhere."""
    seen = list(Pulse.objects.filter(part=part).order_by("-at").values_list("machine", "at"))
    alive = [machine for machine, at in seen if timezone.now() - at < SILENT]
    return alive, seen[0][1] if seen else None


def workers() -> Finding:
    alive, last = signs_of(WORKER)
    if alive:
        return Finding(GOOD, _("Workers are at work on: %s.") % ", ".join(alive))
    text = (
        _("No worker was heard of since %s.") % long_moment(last)
        if last
        else _("No worker was heard of yet.")
    )
    return Finding(
        BAD, text, _("Start the worker (the service “worker”). Until then no mail, import or export moves.")
    )


def clock() -> Finding:
    alive, last = signs_of(CLOCK)
    if alive:
        return Finding(GOOD, _("The clock (beat) sends for what is due."))
    if last:
        text = _("The clock (beat) was not heard of since %s.") % long_moment(last)
    else:
        text = _("The clock (beat) was not heard of yet.")
    return Finding(
        BAD,
        text,
        _("Start one beat and only one (the service “beat”). Nightly work and reminders wait for it."),
    )


def queue() -> Finding:
    now = timezone.now()
    due = Job.objects.filter(state=Job.State.QUEUED, due_at__lte=now)
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    count = due.count()
    url = reverse("jobs:list") + "?state=queued"
    if oldest is None:
        return Finding(GOOD, _("Nothing waits."), url=reverse("jobs:list"))
    words = {"count": count, "age": timesince(oldest, now, depth=1)}
    text = ngettext(
        "%(count)d job waits; the oldest for %(age)s.", "%(count)d jobs wait; the oldest for %(age)s.", count
    )
    if (now - oldest).total_seconds() > settings.READY_QUEUE_SECONDS:
        return Finding(WARNING, text % words, _("Start more workers, or look what keeps them busy."), url)
    return Finding(GOOD, text % words, url=url)


def dead_jobs() -> Finding:
    count = Job.objects.filter(state=Job.State.DEAD).count()
    if not count:
        return Finding(GOOD, _("No job has failed for good."))
    text = ngettext("%(count)d job failed for good.", "%(count)d jobs failed for good.", count)
    advice = _("Read the fault of each; when its cause is gone, try it again.")
    return Finding(WARNING, text % {"count": count}, advice, reverse("jobs:list") + "?state=dead")


def disk() -> Finding:
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(folder)
    words = {"free": filesizeformat(usage.free), "total": filesizeformat(usage.total)}
    text = _("%(free)s of %(total)s are free where uploads and exports are kept.") % words
    if usage.free < LOW_BYTES or usage.free < LOW_SHARE * usage.total:
        return Finding(WARNING, text, _("Make room or enlarge the volume: a full disk stops uploads first."))
    return Finding(GOOD, text)


def mail() -> Finding:
    late = OutgoingMail.objects.filter(
        state=OutgoingState.PENDING, created_at__lt=timezone.now() - LATE_MAIL
    ).count()
    stuck = OutgoingMail.objects.filter(state__in=(OutgoingState.FAILED, OutgoingState.UNKNOWN)).count()
    if not settings.MAIL_BACKEND:
        text = _("No mail server is set up; mails of the program wait (%d so far).") % late
        return Finding(WARNING, text, _("Set EMAIL_URL and MAIL_FROM (docs/operations.md) and start anew."))
    if late or stuck:
        text = _("%(late)d mails wait for more than a quarter of an hour, %(stuck)d could not be sent.")
        advice = _("Look at their reasons; the mail server may refuse us.")
        return Finding(WARNING, text % {"late": late, "stuck": stuck}, advice)
    return Finding(GOOD, _("Mails leave as they should."))


def backups() -> Finding:
    made, proof = newest_run(BackupRun.Kind.BACKUP), newest_run(BackupRun.Kind.VERIFY)
    if made is None:
        advice = _("Have manage.py backup run every night, and manage.py backup_verify every week.")
        return Finding(WARNING, _("No backup was made by this program yet."), advice)
    text = _("Newest backup: %s.") % long_moment(made.created_at)
    if not made.ok:
        return Finding(BAD, f"{text} {made.message}", _("Mend its cause and run manage.py backup at once."))
    if proof is None:
        return Finding(WARNING, text, _("It was never proved: run manage.py backup_verify."))
    text += " " + _("Newest proof: %s.") % long_moment(proof.created_at)
    if not proof.ok:
        return Finding(BAD, f"{text} {proof.message}", _("The backup could not be restored. Make a new one."))
    if timezone.now() - made.created_at > OLD_BACKUP:
        return Finding(WARNING, text, _("It is old: run manage.py backup every night."))
    if timezone.now() - proof.created_at > OLD_PROOF:
        return Finding(WARNING, text, _("The proof is old: run manage.py backup_verify every week."))
    return Finding(GOOD, text)


def address() -> Finding:
    if settings.PUBLIC_URL:
        return Finding(GOOD, _("Links in mails begin with %s.") % settings.PUBLIC_URL)
    text = _("PUBLIC_URL is not set; links in mails begin as the browser reached us.")
    if settings.PRODUCTION:
        return Finding(
            WARNING, text, _("Set PUBLIC_URL, so that links in mails always carry the right name.")
        )
    return Finding(GOOD, text)


CHECKS = (
    Check("database", gettext_lazy("Database"), database),
    Check("broker", gettext_lazy("Broker"), broker),
    Check("workers", gettext_lazy("Workers"), workers),
    Check("clock", gettext_lazy("Clock"), clock),
    Check("queue", gettext_lazy("Queue"), queue),
    Check("dead", gettext_lazy("Failed jobs"), dead_jobs),
    Check("mail", gettext_lazy("Mail"), mail),
    Check("backups", gettext_lazy("Backups"), backups),
    Check("disk", gettext_lazy("Disk"), disk),
    Check("address", gettext_lazy("Address"), address),
)


def report() -> list[tuple[Check, Finding]]:
    """The bad first, then what needs a look, then what is well."""
    found = [(check, check.finding()) for check in CHECKS]
    order = (BAD, WARNING, GOOD)
    return sorted(found, key=lambda item: order.index(item[1].state))


def versions() -> list[tuple[str, str]]:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return [
        ("Tenure", project["project"]["version"]),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        (_("Machine"), f"{platform.system()} {platform.machine()}"),
    ]
