import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory

from crm.publicforms.guard import FASTEST, HONEYPOT, SLOWEST, STAMP, Guard, GuardedForm, Suspicion
from crm.publicforms.models import Visit
from crm.publicforms.rate import Limit, count_visit, visits_sweep
from crm.publicforms.tokens import BadToken, ExpiredToken, make_token, read_token

GUARD = Guard("contact", Limit(most=3, seconds=3600))
WEEK = timedelta(days=7)
Later = Callable[[float], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Move the clock on."""
    real, moved = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + moved[0])

    def move(seconds: float) -> None:
        moved[0] += seconds

    return move


def sent(stamp: str, address: str = "192.0.2.1", **fields: str) -> HttpRequest:
    return RequestFactory().post("/", {STAMP: stamp, **fields}, REMOTE_ADDR=address)


@pytest.mark.django_db
def test_a_person_who_takes_their_time_is_let_through(later: Later) -> None:
    stamp = GUARD.new_stamp()
    later(10)
    assert GUARD.judge(sent(stamp, name="Ada")) is Suspicion.NONE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "fields", "found"),
    [
        (0.5, {}, Suspicion.TOO_FAST),
        (10, {HONEYPOT: "https://spam.example"}, Suspicion.HONEYPOT),
        (SLOWEST.total_seconds() + 10, {}, Suspicion.OLD_STAMP),
    ],
)
def test_programs_are_known(later: Later, seconds: float, fields: dict[str, str], found: Suspicion) -> None:
    stamp = GUARD.new_stamp()
    later(seconds)
    assert GUARD.judge(sent(stamp, **fields)) is found


@pytest.mark.django_db
@pytest.mark.parametrize("stamp", ["", "made up", "x" * 100_000, "of another form"])
def test_a_stamp_that_is_not_of_this_form_is_known(later: Later, stamp: str) -> None:
    later(FASTEST.total_seconds() + 5)
    if stamp == "of another form":
        stamp = Guard("other").new_stamp()
    assert GUARD.judge(sent(stamp)) is Suspicion.BAD_STAMP


@pytest.mark.django_db
def test_one_address_does_not_send_without_end_and_others_are_not_kept_waiting(later: Later) -> None:
    later(3600 - time.time() % 3600 + 1)
    stamp = GUARD.new_stamp()
    later(10)
    judged = [GUARD.judge(sent(stamp)) for _ in range(5)]
    assert judged == [Suspicion.NONE] * 3 + [Suspicion.TOO_MANY] * 2
    assert GUARD.judge(sent(stamp, "192.0.2.2")) is Suspicion.NONE
    later(3600)
    assert GUARD.judge(sent(stamp)) is Suspicion.NONE


@pytest.mark.django_db
def test_no_address_is_kept_and_old_counts_are_forgotten(later: Later) -> None:
    count_visit("contact", "192.0.2.1", GUARD.limit)
    assert "192.0.2.1" not in str(Visit.objects.values())
    assert visits_sweep() == 0
    later(3 * 86_400)
    assert visits_sweep() == 1


def test_people_neither_see_nor_reach_the_trap() -> None:
    form = GuardedForm(guard=GUARD)
    page = render_to_string("crm/guard_fields.html", {"form": form})
    assert 'tabindex="-1"' in page
    assert 'aria-hidden="true"' in page
    assert 'class="honeypot"' in page
    assert [field.name for field in form.asked_fields()] == []


def test_a_token_is_good_for_its_purpose_and_its_time(later: Later) -> None:
    token = make_token("unsubscribe", {"customer": 7})
    assert read_token("unsubscribe", token, lives=WEEK) == {"customer": 7}
    with pytest.raises(BadToken):
        read_token("sign in", token, lives=WEEK)
    later(WEEK.total_seconds() + 1)
    with pytest.raises(ExpiredToken):
        read_token("unsubscribe", token, lives=WEEK)


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: t.swapcase(), lambda _t: "", lambda t: t * 500]
)
def test_a_token_that_was_changed_is_none(change: Callable[[str], str]) -> None:
    token = make_token("unsubscribe", 7)
    with pytest.raises(BadToken):
        read_token("unsubscribe", change(token), lives=WEEK)


def test_tokens_die_with_the_key(settings: Any) -> None:
    token = make_token("unsubscribe", 7)
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(BadToken):
        read_token("unsubscribe", token, lives=WEEK)
