"""The tags themselves: renamed, merged and deleted, and everything that names one goes on."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from contacts.models import Customer, Tag
from contacts.services import tags as services
from contacts.services.customer import customer_create, customer_tag
from contacts.services.tag_names import NameTaken
from contacts.services.tags import tag_delete, tag_edit, tag_merge, tag_merge_end, tag_restore
from crm.audit.models import AuditEntry
from crm.automation.models import AutomationRun
from crm.automation.services.expanding import events_expand
from crm.jobs.models import Job
from crm.jobs.services import run as run_job
from crm.lists.models import View
from crm.staff.models import User
from tests.crm.automation.making import automation, states, tag, work

SignIn = Callable[[User], Client]
Unchanged = Callable[[], None]
PAGE = "/settings/tags/"


def tagged(actor: User, *names: str, name: str = "Ada") -> Customer:
    made = customer_create(actor=actor, values={"name": name, "kind": "person"})
    return customer_tag(actor=actor, customer=made, names=list(names))


def named(name: str) -> Tag:
    return Tag.objects.get(name=name)


def names(customer: Customer) -> list[str]:
    return sorted(customer.tags.values_list("name", flat=True))


def rule_of(*tags: Tag) -> dict[str, object]:
    return {"all": [{"not": {"field": "tags", "op": "any_of", "value": [item.pk for item in tags]}}]}


def test_the_list_counts_the_customers_that_the_reader_may_see(
    admin: User, narrow: User, rep: User, sign_in: SignIn
) -> None:
    tagged(rep, "vip")
    tagged(narrow, "vip", "late")
    page = sign_in(admin).get(PAGE)
    assert [(item.name, count) for item, count in page.context["tags"]] == [("late", 1), ("vip", 2)]
    role = narrow.roles.get()
    role.matrix["contacts.tag"] = {"view": "all"}
    role.save()
    page = sign_in(narrow).get(PAGE)
    assert [(item.name, count) for item, count in page.context["tags"]] == [("late", 1), ("vip", 1)]


def test_a_tag_is_made_once(admin: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    assert client.post(f"{PAGE}new/", {"name": "  Key   account "}).status_code == 302
    assert named("Key account")
    answer = client.post(f"{PAGE}new/", {"name": "key ACCOUNT"})
    assert answer.status_code == 422
    assert "There is a tag “Key account” already." in answer.content.decode()
    assert client.get(f"{PAGE}?q=acc").context["count_text"] == "1"
    assert AuditEntry.objects.filter(action="contacts.tag.create").count() == 1


def test_whoever_may_not_change_tags_changes_none(
    rep: User, sign_in: SignIn, unchanged: Unchanged, customer: Customer
) -> None:
    customer_tag(actor=rep, customer=customer, names=["vip", "late"])
    vip, late = named("vip"), named("late")
    client = sign_in(rep)
    unchanged()
    assert client.get(PAGE).status_code == 403
    for path in (f"{vip.pk}/", f"{vip.pk}/merge/", f"{vip.pk}/delete/", f"{vip.pk}/restore/", "new/"):
        assert client.post(f"{PAGE}{path}", {"name": "x", "tag": "late"}).status_code == 403
    with pytest.raises(PermissionDenied):
        tag_merge(actor=rep, tag=vip, into=late)
    unchanged()


def test_a_reader_of_tags_does_not_rename(
    narrow: User, sign_in: SignIn, admin: User, unchanged: Unchanged
) -> None:
    role = narrow.roles.get()
    role.matrix["contacts.tag"] = {"view": "all"}
    role.save()
    tagged(admin, "vip")
    client = sign_in(narrow)
    unchanged()
    address = f"{PAGE}{named('vip').pk}/"
    assert "disabled" in client.get(address).content.decode()
    assert client.post(address, {"name": "x"}).status_code == 403
    unchanged()


def test_a_new_name_is_the_name_everywhere(admin: User, rep: User, sign_in: SignIn) -> None:
    tagged(rep, "vip")
    made = automation(admin, "changed", tag("vip"))
    view = View.objects.create(kind="contacts.customer", name="Best", owner=rep, params={"tag": "vip"})
    rows = {"kind": "contacts.customer", "owner": rep, "params": {"tag": "other"}}
    other = View.objects.create(name="Other", **rows)
    vip = named("vip")
    answer = sign_in(admin).post(f"{PAGE}{vip.pk}/", {"name": "Key account", "version": vip.version})
    assert answer.status_code == 302
    for row in (made, view, other):
        row.refresh_from_db()
    assert view.params == {"tag": "Key account"}
    assert (other.params, other.version) == ({"tag": "other"}, 1)
    assert made.actions == [tag("Key account")]
    assert (made.owner, made.is_on, made.number) == (admin, True, 2)
    assert made.versions.get(number=2).actions == made.actions
    assert [entry.after for entry in AuditEntry.objects.filter(action="contacts.tag.edit")] == [
        {"name": "Key account"}
    ]


def test_what_waits_for_its_turn_adds_the_new_name(admin: User, rep: User, customer: Customer) -> None:
    vip = Tag.objects.create(name="vip")
    made = automation(admin, "changed", tag("vip"))
    customer_tag(actor=rep, customer=customer, names=["new"])
    events_expand()
    tag_edit(actor=admin, tag=vip, name="Key account", version=1)
    work()
    assert states(made) == ["done"]
    assert names(customer) == ["Key account", "new"]
    assert not Tag.objects.filter(name="vip").exists()
    assert AutomationRun.objects.get().version.number == 2


def test_a_name_that_is_taken_offers_to_merge(admin: User, sign_in: SignIn, unchanged: Unchanged) -> None:
    tagged(admin, "vip", "VIPs & co")
    client, vip = sign_in(admin), named("vip")
    unchanged()
    answer = client.post(f"{PAGE}{vip.pk}/", {"name": "vips & CO", "version": 1})
    assert answer.status_code == 422
    assert f"{PAGE}{vip.pk}/merge/?tag=VIPs%20%26%20co" in answer.content.decode()
    unchanged()
    assert "Merge “vip” into “VIPs &amp; co”?" in (
        client.get(f"{PAGE}{vip.pk}/merge/?tag=VIPs%20%26%20co").content.decode()
    )
    unchanged()


def test_a_rename_of_what_somebody_else_renamed_is_refused(admin: User, sign_in: SignIn) -> None:
    vip = Tag.objects.create(name="vip")
    tag_edit(actor=admin, tag=vip, name="key", version=1)
    answer = sign_in(admin).post(f"{PAGE}{vip.pk}/", {"name": "mine", "version": 1})
    assert answer.status_code == 409
    assert named("key")


def test_merged_all_carry_the_other_once_and_rules_ask_for_it(
    admin: User, rep: User, sign_in: SignIn
) -> None:
    one, both, none = tagged(rep, "vip"), tagged(rep, "vip", "key"), tagged(rep, "late")
    vip, key, late = named("vip"), named("key"), named("late")
    about_one = {"kind": "contacts.customer", "owner": rep}
    view = View.objects.create(name="a", rule=rule_of(vip, late), **about_one)
    double = View.objects.create(name="b", rule=rule_of(key, vip), **about_one)
    unreadable = View.objects.create(name="c", rule={"all": "x"}, **about_one)
    made = automation(admin, "changed", {"action": "untag", "params": {"tag": "vip"}}, rule=rule_of(vip))
    client = sign_in(admin)
    page = client.get(f"{PAGE}{vip.pk}/merge/?tag=key").content.decode()
    assert "2 customers that you may see carry “vip” and will carry “key”." in page
    assert client.post(f"{PAGE}{vip.pk}/merge/", {"tag": "key"}).headers["Location"] == f"{PAGE}{key.pk}/"
    assert [names(customer) for customer in (one, both, none)] == [["key"], ["key"], ["late"]]
    for row in (view, double, unreadable, made):
        row.refresh_from_db()
    assert view.rule == {"all": [{"not": {"field": "tags", "op": "any_of", "value": [late.pk, key.pk]}}]}
    assert double.rule == rule_of(key)
    assert unreadable.rule == {"all": "x"}
    assert made.rule == rule_of(key)
    assert made.actions == [{"action": "untag", "params": {"tag": "key"}}]
    assert not Tag._base_manager.filter(name="vip").exists()
    entry = AuditEntry.objects.get(action="contacts.tag.merge")
    assert (entry.object_id, entry.after) == (key.pk, {"name": "vip", "into": "key", "customers": 2})


def test_a_tag_is_not_merged_into_itself_or_into_nothing(
    admin: User, sign_in: SignIn, unchanged: Unchanged
) -> None:
    tagged(admin, "vip")
    vip, client = named("vip"), sign_in(admin)
    unchanged()
    for name in ("vip", "nobody", ""):
        answer = client.post(f"{PAGE}{vip.pk}/merge/", {"tag": name})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    with pytest.raises(ValidationError):
        tag_merge(actor=admin, tag=vip, into=vip)
    unchanged()


@pytest.fixture
def many(admin: User, monkeypatch: pytest.MonkeyPatch) -> list[Customer]:
    monkeypatch.setattr(services, "AT_ONCE", 3)
    monkeypatch.setattr(services, "BATCH", 2)
    return [tagged(admin, "vip", *(["key"] if index % 3 == 0 else [])) for index in range(7)]


def test_many_are_merged_by_a_job_that_may_run_twice(
    admin: User, many: list[Customer], sign_in: SignIn
) -> None:
    vip, key = named("vip"), named("key")
    answer = sign_in(admin).post(f"{PAGE}{vip.pk}/merge/", {"tag": "key"})
    job = Job.objects.get(name="contacts.merge_tag")
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    assert "being merged" in sign_in(admin).get(f"{PAGE}{vip.pk}/").content.decode()
    run_job(job.pk)
    Job.objects.filter(pk=job.pk).update(state="queued")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert [names(customer) for customer in many] == [["key"]] * 7
    assert key.customers.count() == 7
    assert AuditEntry.objects.filter(action="contacts.tag.merge").count() == 1


def test_a_merge_killed_half_way_takes_nothing_from_anybody_and_ends_later(
    admin: User, many: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    vip, key = named("vip"), named("key")
    job = tag_merge(actor=admin, tag=vip, into=key)
    assert job is not None

    def killed(done: int, total: int) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        services.tag_merge_long(actor=admin, tag=vip, into=key, report=killed)
    assert vip.customers.count() == 7
    assert key.customers.count() == 5
    run_job(job.pk)
    assert [names(customer) for customer in many] == [["key"]] * 7


def test_a_merge_with_what_is_gone_merges_nothing(admin: User, many: list[Customer]) -> None:
    vip, key = named("vip"), named("key")
    tag_delete(actor=admin, tag=key)
    with pytest.raises(ValidationError):
        tag_merge_end(actor=admin, tag=vip, into=key)
    with pytest.raises(ValidationError):
        tag_merge(actor=admin, tag=key, into=vip)
    assert vip.customers.count() == 7


def test_what_uses_it_is_said_before_it_is_deleted(admin: User, rep: User, sign_in: SignIn) -> None:
    tagged(rep, "vip")
    vip = named("vip")
    about = {"kind": "contacts.customer", "owner": rep}
    View.objects.create(name="Everybody's best", share="everyone", rule=rule_of(vip), **about)
    View.objects.create(name="Hidden from you", params={"tag": "vip"}, **about)
    automation(admin, "changed", tag("vip"), name="Greet them")
    page = sign_in(admin).get(f"{PAGE}{vip.pk}/").content.decode()
    assert "Everybody&#x27;s best" in page
    assert "Greet them" in page
    assert "Hidden from you" not in page
    assert "1 view or automation that is not open to you" in page
    assert "1 customer that you may see" in page


def test_deleted_it_is_nowhere_and_comes_back_with_its_customers(
    admin: User, rep: User, sign_in: SignIn
) -> None:
    customer = tagged(rep, "vip", "late")
    vip, client = named("vip"), sign_in(admin)
    rule = {"field": "tags", "op": "any_of", "value": [vip.pk]}
    view = View.objects.create(kind="contacts.customer", name="v", owner=admin, rule=rule)
    client.post(f"{PAGE}{vip.pk}/delete/")
    assert names(customer) == ["late"]
    assert client.get("/customers/?tag=vip").context["rows"] == []
    assert client.get(f"/customers/?view={view.pk}").context["rows"] == []
    assert client.get("/customers/?columns=name,tags").context["rows"][0]["tags"] == "late"
    assert "vip" not in client.get(f"/customers/{customer.pk}/").content.decode()
    customer_tag(actor=rep, customer=customer, names=["late", "new"])
    client.post(f"{PAGE}{vip.pk}/restore/")
    assert names(customer) == ["late", "new", "vip"]
    assert len(client.get(f"/customers/?view={view.pk}").context["rows"]) == 1


def test_it_does_not_come_back_beside_another_of_its_name(admin: User, sign_in: SignIn) -> None:
    customer = tagged(admin, "vip")
    vip = tag_delete(actor=admin, tag=named("vip"))
    customer_tag(actor=admin, customer=customer, names=["vip"])
    answer = sign_in(admin).post(f"{PAGE}{vip.pk}/restore/", follow=True)
    assert "There is another tag vip by now" in answer.content.decode()
    with pytest.raises(NameTaken):
        tag_restore(actor=admin, tag=vip)
    assert Tag.objects.count() == 1


def test_a_page_of_tags_asks_the_same_however_many_there_are(
    admin: User, sign_in: SignIn, count_queries: Callable[[], object]
) -> None:
    Tag.objects.bulk_create(Tag(name=f"tag {number:03d}") for number in range(120))
    client = sign_in(admin)
    client.get(PAGE)
    with count_queries() as asked:
        page = client.get(PAGE)
    assert len(page.context["tags"]) == 50
    assert len(asked.captured_queries) < 20
    following = client.get(f"{PAGE}?after={page.context['next_cursor']}")
    assert following.context["tags"][0][0].name == "tag 050"
