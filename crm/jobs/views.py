"""The pages of jobs: one's own for everybody, all of them for those who may see all."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.fragments import is_fragment
from crm.jobs.control import job_cancel, job_retry, may_steer
from crm.jobs.filters import JobFilter
from crm.jobs.kinds import kind_of
from crm.jobs.models import Job
from crm.jobs.selectors import job_file_find, job_find, jobs, sees_all_jobs
from crm.lists.filters import readable_id
from crm.money.formatting import number
from crm.records.history import in_words

SLOWEST_SECONDS = 30


class JobListView(ProtectedView):
    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = JobFilter(request.GET, queryset=jobs(self.user))
        filters.user = self.user
        sees_all = sees_all_jobs(self.user)
        if not sees_all:
            filters.filters.pop("actor")
        page = keyset_page(filters.qs, request.GET)
        for job in page.rows:
            job.kind = kind_of(job)
        context = {**page.context(), **filters.context(), "sees_all": sees_all, "count_text": ""}
        if not is_fragment(request):
            return render(request, "jobs/job_list.html", context)
        response = render(request, "jobs/job_list.html#results", context)
        response.write(render_to_string("crm/list_filters.html", context | {"beside": True}, request))
        return response


class JobView(ProtectedView):
    """A job and how far it is; while it is not over the page asks again, with growing pauses."""

    permission = None

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = job_find(self.user, pk)
        template = "jobs/job_record.html"
        context = self.context(job, read_pause(request.GET.get("pause", "")))
        return render(request, f"{template}#job" if is_fragment(request) else template, context)

    def context(self, job: Job, pause: int) -> dict[str, Any]:
        kind, steers = kind_of(job), may_steer(self.user, job)
        is_stopping = job.cancel_requested_at is not None and not job.is_over
        return {
            "job": job,
            "kind": kind,
            "page": kind.page(job),
            "files": list(job.files.order_by("name")) if job.actor_id == self.user.pk else [],
            "result": [(in_words(key), told(value)) for key, value in job.result.items()],
            "can_cancel": steers and kind.can_cancel and not job.is_over and not is_stopping,
            "can_retry": steers and job.state == Job.State.DEAD,
            "is_stopping": is_stopping,
            "pause": pause,
            "next_pause": min(2 * pause, SLOWEST_SECONDS),
        }


def told(value: Any) -> Any:
    """A result as people read it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return number(value) if isinstance(value, int) else value


def read_pause(text: str) -> int:
    """How long the page waited this time; the next pause is twice that."""
    return max(1, min(int(text), SLOWEST_SECONDS)) if readable_id(text) else 1


class JobVerbView(ProtectedView):
    """A verb on a job, by POST; a refusal is told on its page."""

    permission = None

    def act(self, job: Job) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = job_find(self.user, pk)
        try:
            messages.success(request, self.act(job))
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return redirect("jobs:record", job.pk)


class JobCancelView(JobVerbView):
    def act(self, job: Job) -> str:
        is_over = job_cancel(actor=self.user, job=job).is_over
        return _("The job is cancelled.") if is_over else _("The job stops at the next chance.")


class JobRetryView(JobVerbView):
    def act(self, job: Job) -> str:
        job_retry(actor=self.user, job=job)
        return _("The job waits in the queue again.")


class JobFileView(ProtectedView):
    """Hands a file to the person who asked for it, if they still may have it."""

    permission = None

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        found = job_file_find(self.user, pk)
        needed = kind_of(found.job).permission
        if needed:
            require(self.user, needed)
        try:
            content = found.file.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        return FileResponse(
            content, as_attachment=True, filename=found.name, content_type="application/octet-stream"
        )
