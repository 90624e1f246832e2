"""Reading jobs."""

from django.db.models import QuerySet
from django.http import Http404

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.jobs.models import Job, JobFile
from crm.staff.models import User


def newest_job(name: str, key: int | None = None) -> Job | None:
    return Job.objects.filter(name=name, key=key).order_by("-id").first()


def sees_all_jobs(user: User, action: str = "view") -> bool:
    """Jobs belong to whoever asked for them; only this scope reaches those of others and of the program itself."""
    return grants(user).scope("jobs.job", action) is Scope.ALL


def jobs(user: User) -> QuerySet[Job]:
    """One's own jobs; all of them for those who may see all."""
    rows = Job.objects.select_related("actor")
    return rows if sees_all_jobs(user) else rows.filter(actor=user)


def job_find(user: User, pk: int) -> Job:
    """Raises Http404 for a job this person may not see."""
    found = jobs(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def job_file_find(user: User, pk: int) -> JobFile:
    """A file is its actor's alone, whoever else may see the job. Raises Http404; also when it has expired."""
    found = JobFile.objects.select_related("job").filter(pk=pk, job__actor=user).first()
    if found is None or found.is_expired:
        raise Http404
    return found
