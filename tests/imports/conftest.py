from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.imports.models import ImportRun
from crm.jobs.models import Job
from crm.jobs.services import run as run_job
from crm.staff.models import User

Work = Callable[[], None]
Imported = Callable[..., ImportRun]


@pytest.fixture(autouse=True)
def _media(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]


@pytest.fixture
def work() -> Work:
    """Does what a worker would: runs the jobs of imports that wait, and those they queue."""

    def worked() -> None:
        while job := Job.objects.filter(state="queued", name__startswith="imports.").order_by("id").first():
            run_job(job.pk)

    return worked


@pytest.fixture
def imported(admin: User, sign_in: Callable[[User], Client], work: Work) -> Imported:
    """Takes a CSV text through the pages up to the end of the import."""

    def through(text: str, *, source: str = "shop", start: bool = True, skip_bad: bool = False) -> ImportRun:
        browser = sign_in(admin)
        upload = SimpleUploadedFile("orders.csv", text.encode(), content_type="text/csv")
        browser.post("/imports/new/", {"file": upload, "source": source})
        run = ImportRun.objects.latest("id")
        page = browser.get(f"/imports/{run.pk}/")
        chosen = {f"column-{place}": column["field"] for place, column in enumerate(page.context["columns"])}
        browser.post(f"/imports/{run.pk}/check/", chosen)
        work()
        if start:
            browser.post(f"/imports/{run.pk}/start/", {"skip_bad": "1"} if skip_bad else {})
            work()
        run.refresh_from_db()
        return run

    return through
