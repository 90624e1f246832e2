"""Fields that an administrator adds: everywhere the built-in ones are, and gone without a trace in what is shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from contacts.models import Customer
from contacts.services.customer import customer_create
from crm.fields.models import CustomField
from crm.fields.services import choices_from, custom_field_create, custom_field_delete, custom_field_restore
from crm.lists.models import View
from crm.staff.models import User

SignIn = Callable[[User], Client]
NEW = "/settings/fields/new/contacts-customer/"


def add(admin: User, label: str = "Shoe size", type_: str = "number", **more: Any) -> CustomField:
    values = {"label": label, "type": type_, **more}
    return custom_field_create(actor=admin, kind="contacts.customer", values=values)


def test_an_administrator_adds_a_field_and_people_fill_it_in(admin: User, rep: User, sign_in: SignIn) -> None:
    client = sign_in(admin)
    answer = client.post(NEW, {"label": "Roast", "type": "choice", "choices": "Light\nDark \n\nLight"})
    assert answer.status_code == 302
    field = CustomField.objects.get()
    assert (field.key, field.choices) == ("roast", [["light", "Light"], ["dark", "Dark"]])
    page = sign_in(rep)
    assert "Roast" in page.get("/customers/new/").content.decode()
    page.post("/customers/new/", {"name": "Ada", "kind": "person", "custom.roast": "dark"})
    customer = Customer.objects.get()
    assert customer.custom == {"roast": "dark"}
    record = page.get(f"/customers/{customer.pk}/").content.decode()
    assert "Roast" in record
    assert "Dark" in record
    assert page.get("/customers/?columns=name,custom.roast").context["rows"][0]["custom.roast"] == "dark"


def test_a_value_is_edited_on_the_record_and_told_in_its_history(
    admin: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    add(admin)
    client = sign_in(rep)
    address = f"/customers/{customer.pk}/properties/custom-shoe_size/"
    assert "Shoe size" in client.get(address).content.decode()
    assert client.post(address, {"custom.shoe_size": "many", "version": 1}).status_code == 422
    assert client.post(address, {"custom.shoe_size": "38.5", "version": 1}).status_code == 200
    customer.refresh_from_db()
    assert (customer.custom, customer.version) == ({"shoe_size": 38.5}, 2)
    history = client.get(f"/customers/{customer.pk}/?tab=history").content.decode()
    assert "Shoe size" in history
    assert "38.5" in history


def test_a_record_that_a_field_names_is_shown_by_its_name_to_those_who_may_see_it(
    admin: User, narrow: User, customer: Customer, sign_in: SignIn
) -> None:
    add(admin, "Introduced by", "record", target_kind="contacts.customer")
    mine = customer_create(actor=narrow, values={"name": "Mine"})
    Customer.objects.filter(pk=mine.pk).update(custom={"introduced_by": customer.pk})
    address = f"/customers/{mine.pk}/"
    assert f'href="/customers/{customer.pk}/"' in sign_in(admin).get(address).content.decode()
    hidden = sign_in(narrow).get(address).content.decode()
    assert "Introduced by" in hidden
    assert f"/customers/{customer.pk}/" not in hidden
    assert customer.name not in hidden


def test_the_form_keeps_what_it_was_not_asked_for(
    admin: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    add(admin)
    Customer.objects.filter(pk=customer.pk).update(custom={"shoe_size": 38, "gone": "kept"})
    data = {"name": "Ada L.", "kind": "person", "team": customer.team_id, "owner": rep.pk, "version": 1}
    sign_in(rep).post(f"/customers/{customer.pk}/edit/", {**data, "custom.shoe_size": ""})
    customer.refresh_from_db()
    assert (customer.name, customer.custom) == ("Ada L.", {"gone": "kept"})


def test_what_must_be_filled_in_is_asked_for(admin: User, rep: User, sign_in: SignIn) -> None:
    add(admin, is_required=True)
    client = sign_in(rep)
    assert client.post("/customers/new/", {"name": "Ada", "kind": "person"}).status_code == 422
    assert not Customer.objects.exists()


def test_a_deleted_field_vanishes_and_comes_back_with_its_values(
    admin: User, rep: User, customer: Customer, sign_in: SignIn
) -> None:
    field = add(admin)
    Customer.objects.filter(pk=customer.pk).update(custom={"shoe_size": 38})
    rule = {"field": "custom.shoe_size", "op": "gt", "value": 30}
    view = View.objects.create(kind="contacts.customer", name="Big feet", owner=rep, rule=rule)
    client = sign_in(admin)
    page = client.get(f"/settings/fields/{field.pk}/").content.decode()
    assert "Big feet" in page
    assert "1 record holds a value" in page
    client.post(f"/settings/fields/{field.pk}/delete/")
    shown = sign_in(rep).get(f"/customers/?view={view.pk}")
    assert shown.context["rows"] == []
    assert "custom.shoe_size" in shown.content.decode()
    assert "Shoe size" not in sign_in(rep).get(f"/customers/{customer.pk}/").content.decode()
    client.post(f"/settings/fields/{field.pk}/restore/")
    assert len(sign_in(rep).get(f"/customers/?view={view.pk}").context["rows"]) == 1


def test_a_key_is_never_used_again(admin: User) -> None:
    first = add(admin)
    custom_field_delete(actor=admin, field=first)
    assert add(admin).key == "shoe_size_2"


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Contains", "contains_2"),
        ("  in ", "in_2"),
        ("Größe (cm)", "grosse_cm"),
        ("42", "field_42"),
        ("名前", "field"),
        ("a__b", "a_b"),
        ("x" * 80, "x" * 32),
    ],
)
def test_a_key_is_safe_at_the_end_of_a_path(label: str, key: str, admin: User) -> None:
    assert add(admin, label).key == key
    Customer.objects.filter(**{f"custom__{key}__gt": 1}).count()


def test_two_fields_do_not_share_a_name(admin: User, sign_in: SignIn) -> None:
    first = add(admin)
    client = sign_in(admin)
    assert client.post(NEW, {"label": "shoe SIZE", "type": "text"}).status_code == 422
    custom_field_delete(actor=admin, field=first)
    add(admin)
    client.post(f"/settings/fields/{first.pk}/restore/")
    first.refresh_from_db()
    assert first.deleted_at is not None


def test_a_choice_keeps_its_key_when_others_come() -> None:
    before = [["s", "Small"], ["m", "Medium"]]
    assert choices_from("Medium\nLarge\nSmall", before) == [
        ["m", "Medium"],
        ["large", "Large"],
        ["s", "Small"],
    ]


def test_fields_change_places(admin: User, sign_in: SignIn) -> None:
    fields = [add(admin, label) for label in ("One", "Two", "Three")]
    client = sign_in(admin)
    client.post(f"/settings/fields/{fields[2].pk}/move/", {"up": "1"})
    assert [field.label for field in CustomField.objects.all()] == ["One", "Three", "Two"]
    client.post(f"/settings/fields/{fields[0].pk}/move/", {"up": "1"})
    assert [field.label for field in CustomField.objects.all()] == ["One", "Three", "Two"]


def test_two_administrators_do_not_overwrite_each_other(admin: User, sign_in: SignIn) -> None:
    field = add(admin)
    client = sign_in(admin)
    client.post(f"/settings/fields/{field.pk}/", {"label": "EU size", "version": 1})
    answer = client.post(f"/settings/fields/{field.pk}/", {"label": "UK size", "version": 1})
    assert answer.status_code == 409
    field.refresh_from_db()
    assert field.label == "EU size"


@pytest.mark.parametrize(
    "data",
    [
        {"label": "", "type": "text"},
        {"label": "X", "type": "secret"},
        {"label": "X", "type": "choice"},
        {"label": "\u200b", "type": "text"},
    ],
)
def test_what_is_no_field_is_refused(
    data: dict[str, str], admin: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(admin)
    unchanged()
    assert client.post(NEW, data).status_code == 422
    unchanged()


def test_only_administrators_change_fields(
    admin: User, manager: User, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    field = add(admin)
    client = sign_in(manager)
    unchanged()
    assert client.get("/settings/fields/").status_code == 403
    for address in (NEW, f"/settings/fields/{field.pk}/", f"/settings/fields/{field.pk}/delete/"):
        assert client.post(address, {"label": "X", "type": "text"}).status_code == 403
    unchanged()
    custom_field_delete(actor=admin, field=field)
    custom_field_restore(actor=admin, field=field)
