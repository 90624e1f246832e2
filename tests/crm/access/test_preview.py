from collections.abc import Callable

import pytest
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.access.models import Role
from crm.audit.models import AuditEntry
from crm.jobs.files import job_file_create
from crm.jobs.services import enqueue
from crm.staff.models import User
from tests.conftest import person

SignIn = Callable[[User], Client]


def begin(client: Client, target: User | Role) -> int:
    kind = "person" if isinstance(target, User) else "role"
    return client.post("/settings/preview/", {"kind": kind, "pk": target.pk}).status_code


def told(client: Client) -> list[str]:
    return list(
        AuditEntry.objects.filter(action__startswith="access.preview").values_list("action", flat=True)
    )


def test_pages_are_what_the_other_would_see(
    admin: User, narrow: User, customer: Customer, sign_in: SignIn
) -> None:
    own = customer_create(actor=narrow, values={"name": "Own customer", "kind": "person"})
    client = sign_in(admin)
    assert begin(client, narrow) == 302
    page = client.get("/customers/").content.decode()
    assert own.name in page
    assert customer.name not in page
    assert "You see the program as <strong>Narrow</strong>" in page
    assert client.get(f"/customers/{customer.pk}/").status_code == 404
    assert client.get("/settings/people/").status_code == 403


def test_a_role_is_looked_through_without_a_person(admin: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    begin(client, Role.objects.get(key="sales-rep"))
    assert client.get("/customers/").status_code == 200
    assert client.get("/model/").status_code == 403


def test_nothing_can_be_written(
    admin: User, rep: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(admin)
    begin(client, rep)
    unchanged()
    for address in (
        "/customers/new/",
        f"/customers/{customer.pk}/delete/",
        "/tasks/new/",
        "/settings/preview/",
    ):
        answer = client.post(address, {"name": "x"})
        assert answer.status_code == 403
        assert "nothing can be changed" in answer.content.decode()
    for method in (client.put, client.patch, client.delete):
        assert method("/customers/").status_code == 403
    unchanged()


def test_what_is_private_to_the_other_stays_private(
    admin: User, rep: User, sign_in: SignIn, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = job_file_create(enqueue("sample.effect", 1, actor=rep), "x.csv", lambda out: out.write(b"x"))
    client = sign_in(admin)
    begin(client, rep)
    for address in ("/accounts/2fa/", "/accounts/sessions/", f"/job-files/{file.pk}/", "/settings/profile/"):
        assert client.get(address).status_code == 403


def test_it_ends_when_one_says_so(admin: User, rep: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    begin(client, rep)
    assert client.post("/settings/preview/end/").status_code == 302
    assert client.get("/settings/people/").status_code == 200
    assert told(client) == ["access.preview.begin", "access.preview.end"]
    assert set(AuditEntry.objects.values_list("actor_id", flat=True).filter(action__startswith="access")) == {
        admin.pk
    }


def test_it_ends_with_signing_out(admin: User, rep: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    begin(client, rep)
    client.post("/accounts/logout/")
    assert told(client) == ["access.preview.begin", "access.preview.end"]
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/settings/people/").status_code == 200


def test_it_ends_after_half_an_hour(admin: User, rep: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    begin(client, rep)
    session = client.session
    session["sees_as"] = session["sees_as"] | {"ends_at": 1.0}
    session.save()
    assert client.get("/settings/people/").status_code == 200
    client.get("/")
    assert told(client) == ["access.preview.begin", "access.preview.end"]


def test_it_ends_when_the_other_is_no_longer_theirs_to_see(
    admin: User, rep: User, root: object, sign_in: SignIn
) -> None:
    client = sign_in(admin)
    begin(client, rep)
    person("second", rep.teams.get(), "administrator")
    admin.roles.set([Role.objects.get(key="sales-manager")])
    assert "You see the program as" not in client.get("/customers/").content.decode()
    assert told(client)[-1] == "access.preview.end"


@pytest.mark.parametrize("member", ["rep", "manager", "outsider"])
def test_only_those_who_may_edit_roles_look(
    member: str, admin: User, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    assert begin(sign_in(request.getfixturevalue(member)), admin) == 403


def test_nobody_gains_rights_by_it(rep: User, admin: User, sign_in: SignIn) -> None:
    clerk = person("clerk", rep.teams.get(), "sales-rep")
    role = Role.objects.create(
        key="clerk", name="Clerk", matrix={"access.role": {"view": "all", "edit": "all"}}
    )
    role.users.add(clerk)
    client = sign_in(clerk)
    assert begin(client, admin) == 403
    assert begin(client, Role.objects.get(key="administrator")) == 403
    assert begin(client, rep) == 302
