"""What a job is called and what one may do with it: declared by the apps in settings.JOB_KINDS."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from crm.jobs.models import Job


@dataclass(frozen=True)
class JobKind:
    """`can_cancel`: stopping it half-way leaves whole rows, and `Job.report` is called now and then.

    `url` is the URL name of a page about `job.key`; `permission` must still be held when a file of the job is fetched.
    """

    name: str  # "contacts.export_customers"
    label: str | Promise
    can_cancel: bool = False
    url: str = ""
    permission: str = ""

    def page(self, job: Job) -> str:
        return reverse(self.url, args=[job.key]) if self.url and job.key is not None else ""


KINDS = (
    JobKind("imports.check_import", _("Check an import"), url="imports:record"),
    JobKind("imports.run_import", _("Run an import"), url="imports:record"),
    JobKind("imports.undo_import", _("Take an import back"), url="imports:record"),
    JobKind("staff.hand_over", _("Hand records over"), can_cancel=True, url="staff:person"),
    JobKind("staff.empty_team", _("Move the records of a team"), can_cancel=True, url="staff:team"),
    JobKind("submissions.sweep", _("Forget forms that were sent")),
    JobKind("jobs.tidy", _("Remove old jobs and files")),
)


@cache
def job_kinds() -> dict[str, JobKind]:
    return {kind.name: kind for path in settings.JOB_KINDS for kind in import_string(path)}


def kind_of(job: Job) -> JobKind:
    """A job that nobody described is called by its name and cannot be cancelled."""
    return job_kinds().get(job.name) or JobKind(job.name, words(job.name))


def words(name: str) -> str:
    app, _dot, verb = name.partition(".")
    return f"{verb.replace('_', ' ').capitalize()} ({app})"
