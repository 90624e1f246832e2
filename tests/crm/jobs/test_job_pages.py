from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from crm.jobs.files import job_file_create
from crm.jobs.models import Job
from crm.jobs.services import enqueue
from crm.staff.models import User

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def job(rep: User) -> Job:
    return enqueue("sample.steps", 1, actor=rep, payload={"steps": 3})


def shown(client: Client, query: str = "") -> list[int]:
    return [row.pk for row in client.get(f"/jobs/{query}").context["rows"]]


def test_everybody_sees_their_own_jobs_and_administrators_all(
    job: Job, rep: User, manager: User, outsider: User, admin: User, sign_in: SignIn
) -> None:
    other = enqueue("sample.effect", 2, actor=manager)
    assert shown(sign_in(rep)) == [job.pk]
    assert shown(sign_in(outsider)) == []
    assert shown(sign_in(admin)) == [other.pk, job.pk]


def test_the_job_of_somebody_else_is_not_found(
    job: Job, manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(manager)
    unchanged()
    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    for verb in ("cancel", "retry"):
        assert client.post(f"/jobs/{job.pk}/{verb}/").status_code == 404
    unchanged()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("name=sample.steps", 1),
        ("state=dead", 1),
        ("state=queued", 1),
        ("actor=none", 1),
        ("q=count to a", 1),
        ("state=nonsense", 0),
        ("actor=x", 0),
        ("name=no.such", 0),
    ],
)
def test_jobs_are_filtered(query: str, count: int, job: Job, admin: User, sign_in: SignIn) -> None:
    Job.objects.create(name="sample.effect", state="dead", error="it broke")
    assert len(shown(sign_in(admin), f"?{query}")) == count


def test_others_are_no_filter_for_those_who_see_only_their_own(
    job: Job, rep: User, admin: User, sign_in: SignIn
) -> None:
    assert shown(sign_in(rep), f"?actor={admin.pk}") == [job.pk]


def test_pages_of_a_long_list_follow_each_other(rep: User, sign_in: SignIn) -> None:
    made = [
        Job.objects.create(name="sample.effect", key=key, state="done", actor=rep).pk for key in range(120)
    ]
    client, seen, query = sign_in(rep), [], ""
    for _page in range(3):
        answer = client.get(f"/jobs/{query}")
        seen += [row.pk for row in answer.context["rows"]]
        query = f"?after={answer.context['next_cursor']}"
    assert seen == made[::-1]


def test_the_list_costs_few_queries(rep: User, sign_in: SignIn, count_queries: Callable[[], Any]) -> None:
    Job.objects.bulk_create(
        [Job(name="sample.effect", key=key, state="done", actor=rep) for key in range(60)]
    )
    client = sign_in(rep)
    client.get("/jobs/")
    with count_queries() as asked:
        client.get("/jobs/")
    assert len(asked) <= 10


def test_the_page_asks_again_with_growing_pauses_until_the_job_is_over(
    job: Job, rep: User, sign_in: SignIn
) -> None:
    client, pauses = sign_in(rep), []
    address = f"/jobs/{job.pk}/"
    for _time in range(7):
        answer = client.get(address, headers=HTMX)
        pauses.append(answer.context["pause"])
        address = f"/jobs/{job.pk}/?pause={answer.context['next_pause']}"
        assert f"load delay:{answer.context['pause']}s" in answer.content.decode()
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    Job.objects.filter(pk=job.pk).update(state="done")
    assert "hx-trigger" not in client.get(address, headers=HTMX).content.decode()


@pytest.mark.parametrize("pause", ["x", "-1", "0", "9" * 50, "%00"])
def test_an_unreadable_pause_is_a_second_or_half_a_minute(
    pause: str, job: Job, rep: User, sign_in: SignIn
) -> None:
    assert sign_in(rep).get(f"/jobs/{job.pk}/?pause={pause}").context["pause"] in (1, 30)


def test_a_dead_job_shows_its_fault_and_is_tried_again(job: Job, rep: User, sign_in: SignIn) -> None:
    Job.objects.filter(pk=job.pk).update(state="dead", attempts=5, error="OSError: <b>full</b>")
    client = sign_in(rep)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "It failed 5 times" in page
    assert "OSError: &lt;b&gt;full" in page
    answer = client.post(f"/jobs/{job.pk}/retry/", follow=True)
    assert "waits in the queue again" in answer.content.decode()
    assert Job.objects.get(pk=job.pk).state == "queued"


def test_a_job_is_cancelled_from_its_page(job: Job, rep: User, sign_in: SignIn) -> None:
    Job.objects.filter(pk=job.pk).update(state="running")
    answer = sign_in(rep).post(f"/jobs/{job.pk}/cancel/", follow=True)
    page = answer.content.decode()
    assert "stops at the next chance" in page
    assert f"/jobs/{job.pk}/cancel/" not in page


def test_a_file_is_fetched_by_whom_it_was_made_for_alone(
    job: Job, rep: User, admin: User, manager: User, sign_in: SignIn
) -> None:
    made = job_file_create(job, "list.html", lambda file: file.write(b"<script>"))
    answer = sign_in(rep).get(f"/job-files/{made.pk}/")
    assert b"".join(answer.streaming_content) == b"<script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "list.html" in sign_in(rep).get(f"/jobs/{job.pk}/").content.decode()
    for reader in (admin, manager):
        assert sign_in(reader).get(f"/job-files/{made.pk}/").status_code == 404
    assert "list.html" not in sign_in(admin).get(f"/jobs/{job.pk}/").content.decode()


def test_whoever_lost_the_right_since_does_not_get_the_file(
    rep: User, manager: User, sign_in: SignIn
) -> None:
    """`sample.guarded` asks for the right to export orders, which managers hold and reps do not."""
    files = [
        job_file_create(
            enqueue("sample.guarded", user.pk, actor=user), "x.csv", lambda file: file.write(b"x")
        )
        for user in (rep, manager)
    ]
    answers = [
        sign_in(user).get(f"/job-files/{file.pk}/").status_code
        for user, file in zip((rep, manager), files, strict=True)
    ]
    assert answers == [403, 200]
