"""The jobs of this package, in words, and what the person who asked is told of their end."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.bulk.models import BulkRun
from crm.jobs.kinds import JobKind
from crm.jobs.models import Job
from crm.notifications.listeners import JobNotice

KINDS = (
    JobKind("bulk.run", gettext_lazy("Change many records"), can_cancel=True, url="bulk:run"),
    JobKind("bulk.undo", gettext_lazy("Undo a change of many records"), url="bulk:run"),
    JobKind("bulk.export_list", gettext_lazy("Export a list"), can_cancel=True),
)


def run_ended(job: Job) -> JobNotice | None:
    run = BulkRun.objects.filter(pk=job.key or 0).first()
    if run is None:
        return None
    address = reverse("bulk:run", args=[run.pk])
    if job.state != Job.State.DONE:
        return JobNotice(_("%s could not be finished.") % run.words, address)
    count = job.result.get("changed", 0)
    text = ngettext("%(words)s: %(count)s record.", "%(words)s: %(count)s records.", count)
    return JobNotice(text % {"words": run.words, "count": f"{count:,}"}, address)


def export_ended(job: Job) -> JobNotice:
    address = reverse("jobs:record", args=[job.pk])
    if job.state != Job.State.DONE:
        return JobNotice(_("The export could not be finished."), address)
    return JobNotice(_("Your export is ready."), address)
