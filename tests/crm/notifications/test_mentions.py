"""Naming colleagues with @: written as a name, kept as a token, shown as a chip, told to whom it names."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from contacts.models import Customer, Interaction, Task
from contacts.services.customer import customer_create
from contacts.services.interaction import interaction_create, interaction_edit
from crm.notifications.kinds import MENTION
from crm.notifications.mentions import cut, mentioned_ids, plain, tokenised
from crm.notifications.models import Follow, Notification
from crm.staff.models import Team, User
from crm.templatetags.crm import mentions
from tests.conftest import person

SignIn = Callable[[User], Client]
Told = Callable[..., list[Notification]]
PEOPLE = {1: "Mara Lindqvist", 2: "Mara", 3: "Łukasz Nowak", 4: "Ann [QA] Lee", 5: "Kim Ek", 6: "Kim Ek"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ask @Mara Lindqvist today", "Ask @[Mara Lindqvist](user:1) today"),
        ("Ask @Mara today", "Ask @[Mara](user:2) today"),
        ("@łukasz nowak!", "@[Łukasz Nowak](user:3)!"),
        ("(@Ann QA Lee)", "(@[Ann QA Lee](user:4))"),
        ("mail mara@Mara.example", "mail mara@Mara.example"),
        ("@Maraschino", "@Maraschino"),
        ("@Nobody here", "@Nobody here"),
        ("@Kim Ek", "@Kim Ek"),
        ("@[Boss](user:1)", "@[Mara Lindqvist](user:1)"),
        ("@[Ghost](user:99)", "@Ghost"),
    ],
)
def test_names_become_tokens(text: str, kept: str) -> None:
    assert tokenised(text, PEOPLE) == kept


def test_of_two_with_one_name_the_chosen_one_is_meant() -> None:
    assert tokenised("@Kim Ek", PEOPLE, [6]) == "@[Kim Ek](user:6)"


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_cut_text_never_holds_half_a_token(text: str, length: int) -> None:
    whole = f"{text} @[Mara Lindqvist](user:1) {text}"
    shown = cut(whole, length)
    assert len(shown) <= max(length, 1)
    assert plain(shown) == plain(shown).replace("](user:", "") or "](user:" in text
    if "@" not in text and "[" not in text:
        assert shown.count("@[") == len(mentioned_ids(shown))


@given(st.text(max_size=80))
def test_what_is_read_is_what_was_written(text: str) -> None:
    if "@[" not in text:
        assert plain(tokenised(text, PEOPLE)).casefold() == text.casefold()


def test_a_chip_is_escaped() -> None:
    shown = mentions("<b>x</b> @[Ann & <i>](user:4) & y")
    assert str(shown) == '&lt;b&gt;x&lt;/b&gt; <span class="mention">@Ann &amp; &lt;i&gt;</span> &amp; y'


def compose(client: Client, customer: Customer, body: str, **values: Any) -> Any:
    data = {"kind": "note", "body": body, **values}
    return client.post(f"/customers/{customer.pk}/interactions/", data, headers={"HX-Request": "true"})


def test_the_named_are_told_and_follow(
    rep: User, manager: User, customer: Customer, sign_in: SignIn, told: Told
) -> None:
    answer = compose(sign_in(rep), customer, "Ask @Manager about decaf\nShe knows <all>")
    assert b'<span class="mention">@Manager</span>' in answer.content
    (row,) = told(manager, MENTION)
    assert (row.actor, row.text, row.mail) == (rep, "Mentioned you in a note", "now")
    assert row.detail == "Ask @Manager about decaf She knows <all>"
    assert re.fullmatch(rf"/customers/{customer.pk}/#entry-note-\d+", row.url)
    assert Follow.objects.get().user == manager
    assert Interaction.objects.get().summary == f"Ask @[Manager](user:{manager.pk}) about decaf"


def test_who_may_not_see_the_record_is_named_at_the_field_and_nothing_is_saved(
    rep: User, outsider: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    unchanged()
    answer = compose(client, customer, "Ask @Outsider about decaf")
    assert answer.status_code == 422
    assert b"Outsider may not see this record" in answer.content
    assert b"Ask @Outsider about decaf</textarea>" in answer.content
    unchanged()


def test_the_service_refuses_too(rep: User, outsider: User, customer: Customer) -> None:
    values = {"kind": "note", "summary": f"@[Outsider](user:{outsider.pk})", "body": ""}
    with pytest.raises(ValidationError):
        interaction_create(actor=rep, customer=customer, values=values)


def test_only_who_is_named_anew_is_told(
    rep: User, manager: User, agent: User, customer: Customer, sign_in: SignIn, told: Told
) -> None:
    client = sign_in(rep)
    compose(client, customer, "Ask @Manager")
    note = Interaction.objects.get()
    html = client.get(f"/interactions/{note.pk}/edit/", headers={"HX-Request": "true"}).content.decode()
    assert "Ask @Manager</textarea>" in html
    assert f'name="mentions" value="{manager.pk}"' in html
    data = {"body": "Ask @Manager and @Agent", "version": 1, "mentions": str(manager.pk)}
    assert client.post(f"/interactions/{note.pk}/edit/", data).status_code == 302
    assert (len(told(manager, MENTION)), len(told(agent, MENTION))) == (1, 1)


def test_who_may_not_see_it_cannot_be_named_by_an_edit(
    rep: User, outsider: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(rep)
    compose(client, customer, "Ask somebody")
    note = Interaction.objects.get()
    unchanged()
    answer = client.post(f"/interactions/{note.pk}/edit/", {"body": "Ask @Outsider", "version": 1})
    assert answer.status_code == 422
    assert b"may not see this record" in answer.content
    unchanged()


def test_a_task_names_people_too(
    rep: User, manager: User, customer: Customer, sign_in: SignIn, told: Told
) -> None:
    compose(sign_in(rep), customer, "Ask @Manager\nand @Manager again", kind="task")
    task = Task.objects.get()
    assert task.title == "Ask @Manager"
    (row,) = told(manager, MENTION)
    assert row.text == "Mentioned you in a task"
    assert row.url == f"/tasks/{task.pk}/edit/"


def test_a_task_cannot_name_who_may_not_see_it(
    rep: User, agent: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    """A support agent sees the customer, but no task of the sales team."""
    client = sign_in(rep)
    unchanged()
    assert compose(client, customer, "Ask @Agent", kind="task").status_code == 422
    unchanged()


def test_the_form_of_a_task_shows_names_and_says_whom_one_cannot_name(
    rep: User, manager: User, agent: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    data = {"title": "Send", "notes": "With @Manager", "owner": rep.pk, "customer": customer.pk}
    assert client.post("/tasks/new/", data).status_code == 302
    task = Task.objects.get()
    assert task.notes == f"With @[Manager](user:{manager.pk})"
    assert b"With @Manager</textarea>" in client.get(f"/tasks/{task.pk}/edit/").content
    answer = client.post(f"/tasks/{task.pk}/edit/", {**data, "notes": "With @Agent", "version": 1})
    assert answer.status_code == 422
    assert b"Agent may not see this record" in answer.content


def test_a_deleted_note_is_no_longer_quoted(
    rep: User, manager: User, customer: Customer, sign_in: SignIn
) -> None:
    compose(sign_in(rep), customer, "Ask @Manager about decaf")
    client = sign_in(manager)
    assert b"about decaf" in client.get("/notifications/menu/").content
    sign_in(rep).post(f"/interactions/{Interaction.objects.get().pk}/delete/")
    assert b"about decaf" not in client.get("/notifications/menu/").content


def test_ones_own_name_is_no_news(rep: User, customer: Customer, sign_in: SignIn, told: Told) -> None:
    compose(sign_in(rep), customer, "Told by @Rep")
    assert told(rep) == []


def test_who_left_is_only_a_name(rep: User, manager: User, customer: Customer, sign_in: SignIn) -> None:
    User.objects.filter(pk=manager.pk).update(is_active=False)
    compose(sign_in(rep), customer, f"Ask @Manager and @[Boss](user:{manager.pk})")
    assert Interaction.objects.get().summary == "Ask @Manager and @Boss"


def test_history_shows_names(rep: User, manager: User, customer: Customer, sign_in: SignIn) -> None:
    values = {"kind": "note", "summary": "x", "body": ""}
    note = interaction_create(actor=rep, customer=customer, values=values)
    summary = {"summary": f"@[Manager](user:{manager.pk})"}
    interaction_edit(actor=rep, interaction=note, values=summary, version=1)
    from crm.records.history import history_rows

    assert history_rows(rep, note)[0]["changes"][0]["after"] == "@Manager"


def offered(client: Client, query: str) -> list[str]:
    html = client.get(f"/notifications/colleagues/?{query}").content.decode()
    return re.findall(r'data-name="([^"]+)"', html)


def test_colleagues_are_offered_who_may_see_the_record(
    rep: User, manager: User, agent: User, outsider: User, customer: Customer, sign_in: SignIn
) -> None:
    client, record = sign_in(rep), f"type=contacts.customer&id={customer.pk}"
    assert offered(client, record) == ["Agent", "Manager"]
    assert offered(client, f"{record}&q=mana") == ["Manager"]
    assert offered(client, f"{record}&q=out") == []
    assert b"may not see this record" in client.get(f"/notifications/colleagues/?{record}&q=out").content
    assert offered(client, f"{record}&part=contacts.task") == ["Manager"]


def test_colleagues_are_found_without_their_accents(
    rep: User, customer: Customer, root: Team, sign_in: SignIn
) -> None:
    person("lukasz", root, "sales-rep")
    User.objects.filter(email__startswith="lukasz").update(name="Łukasz Nowak")
    client, record = sign_in(rep), f"type=contacts.customer&id={customer.pk}"
    assert offered(client, f"{record}&q=lukasz n") == ["Łukasz Nowak"]
    assert offered(client, f"{record}&q=nowak") == ["Łukasz Nowak"]


def test_many_colleagues_cost_few_queries(
    rep: User,
    manager: User,
    customer: Customer,
    root: Team,
    sign_in: SignIn,
    count_queries: Callable[[], Any],
) -> None:
    client, record = sign_in(rep), f"type=contacts.customer&id={customer.pk}"
    for place in range(20):
        person(f"q{place}", root, "sales-rep")
    with count_queries() as counted:
        assert len(offered(client, f"{record}&q=q")) == 8
    assert len(counted) <= 12


@pytest.mark.parametrize(
    "query", ["", "type=contacts.customer&id=x", "type=x&id=1", "part=staff.user", "id=1"]
)
def test_about_no_record_nobody_is_offered(query: str, rep: User, sign_in: SignIn) -> None:
    assert sign_in(rep).get(f"/notifications/colleagues/?{query}").status_code == 404


def test_about_a_hidden_record_nobody_is_offered(narrow: User, customer: Customer, sign_in: SignIn) -> None:
    address = f"/notifications/colleagues/?type=contacts.customer&id={customer.pk}"
    assert sign_in(narrow).get(address).status_code == 404


def test_a_narrow_record_offers_only_who_reaches_it(
    narrow: User, admin: User, rep: User, sign_in: SignIn
) -> None:
    customer = customer_create(actor=narrow, values={"name": "Own Person", "kind": "person"})
    other = person("second", narrow.teams.get())
    other.roles.set(narrow.roles.all())
    names = offered(sign_in(narrow), f"type=contacts.customer&id={customer.pk}")
    assert names == ["Admin", "Rep"]  # who see all customers, and not the colleague who sees only their own
