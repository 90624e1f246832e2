from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from crm.staff.models import User

PASSWORD = "correct horse battery"
SignIn = Callable[[User], Client]


@pytest.fixture
def member(rep: User) -> User:
    rep.set_password(PASSWORD)
    rep.save()
    return rep


def sign_in_with(email: str, password: str) -> int:
    return Client().post("/accounts/login/", {"login": email, "password": password}).status_code


def test_signing_in_is_one_page_with_login_and_password(member: User) -> None:
    page = Client().get("/", follow=True)
    assert page.status_code == 200
    assert 'name="login"' in page.content.decode()
    assert 'name="password"' in page.content.decode()
    assert sign_in_with(member.email, PASSWORD) == 302


def test_signing_in_and_out_is_said_by_no_message(member: User) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    assert "Successfully" not in client.get("/").content.decode()
    assert "You have signed out" not in client.post("/accounts/logout/", follow=True).content.decode()


def test_a_fragment_of_somebody_signed_out_leaves_the_page_alone(db: None) -> None:
    answer = Client().post("/customers/1/interactions/", {"body": "x"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/customers/7/?list=q", "%3Flist%3Dq"),
        ("https://evil.example/x", "next=/"),
        ("", "next=/"),
    ],
)
def test_a_form_of_somebody_signed_out_comes_back_to_its_page(db: None, referer: str, back: str) -> None:
    answer = Client().post("/tasks/1/done/", headers={"Referer": referer} if referer else {})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(back)


@pytest.mark.parametrize(
    ("email", "password"), [("rep@tenure.example", "wrong"), ("nobody@tenure.example", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_read_the_same(
    email: str, password: str, member: User
) -> None:
    page = Client().post("/accounts/login/", {"login": email, "password": password})
    assert page.status_code in (200, 422)
    assert "_auth_user_id" not in page.client.session
    assert "e-mail" in page.content.decode().lower()


def test_a_deactivated_member_is_out_at_once(member: User, sign_in: SignIn) -> None:
    client = sign_in(member)
    assert client.get("/customers/").status_code == 200
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert client.get("/customers/").status_code == 302
    fresh = Client()
    fresh.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    assert "_auth_user_id" not in fresh.session


def test_nobody_signs_up(db: None) -> None:
    data = {"email": "new@tenure.example", "password1": PASSWORD, "password2": PASSWORD}
    Client().post("/accounts/signup/", data)
    assert not User.objects.filter(email="new@tenure.example").exists()


def test_the_demo_sign_in_exists_only_in_demo_mode_on_loopback(member: User, settings: object) -> None:
    client = Client()
    assert client.post("/accounts/demo/", {"role": "rep"}).status_code == 404
    settings.DEMO = True
    assert client.post("/accounts/demo/", {"role": "rep"}, REMOTE_ADDR="10.0.0.7").status_code == 404
    assert client.post("/accounts/demo/", {"role": "root"}).status_code == 404
    assert client.post("/accounts/demo/", {"role": "rep"}).status_code == 302
    settings.LOOPBACK = False
    assert Client().post("/accounts/demo/", {"role": "rep"}).status_code == 404


def test_signed_in_pages_are_not_cached(member: User, sign_in: SignIn) -> None:
    assert "no-store" in sign_in(member).get("/customers/").headers["Cache-Control"]


def test_the_first_administrator_comes_from_the_command_line(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", PASSWORD)
    call_command("create_administrator", "boss@company.example", "--name", "Boss")
    assert sign_in_with("boss@company.example", PASSWORD) == 302
    with pytest.raises(CommandError):
        call_command("create_administrator", "boss@company.example")
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", "short")
    with pytest.raises(CommandError):
        call_command("create_administrator", "other@company.example")


def test_signing_in_does_not_need_the_broker(member: User, settings: object) -> None:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert sign_in_with(member.email, PASSWORD) == 302


def test_guessing_passwords_is_slowed_down(member: User) -> None:
    answers = [
        Client().post("/accounts/login/", {"login": member.email, "password": f"wrong {guess}"})
        for guess in range(12)
    ]
    assert "too many" in answers[-1].content.decode().lower() or answers[-1].status_code == 429
    assert sign_in_with(member.email, PASSWORD) != 302
