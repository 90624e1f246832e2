"""What the person who started an import is told of the end of its jobs."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.imports.choices import RunState
from crm.imports.models import ImportRun
from crm.jobs.models import Job
from crm.money.formatting import number
from crm.notifications.listeners import JobNotice


def notice(job: Job, texts: dict[str, str]) -> JobNotice | None:
    """By the state the import came to; none while it goes on in another job."""
    run = ImportRun.objects.filter(pk=job.key or 0).first()
    if run is None:
        return None
    text = _("The import of %(file)s failed") if job.state == Job.State.DEAD else texts.get(run.state)
    counts = {"created": number(run.created), "updated": number(run.updated), "bad": number(run.bad)}
    if text is None:
        return None
    return JobNotice(
        text % {"file": run.filename, **counts}, reverse("imports:record", args=[run.pk]), obj=run
    )


def check_ended(job: Job) -> JobNotice | None:
    return notice(
        job,
        {
            RunState.CHECKED: _("%(file)s is checked and can be imported"),
            RunState.FAILED: _("%(file)s is checked: %(bad)s bad rows"),
        },
    )


def run_ended(job: Job) -> JobNotice | None:
    return notice(job, {RunState.DONE: _("%(file)s is imported: %(created)s new, %(updated)s updated")})


def undo_ended(job: Job) -> JobNotice | None:
    return notice(job, {RunState.UNDONE: _("The import of %(file)s is undone")})
