from collections.abc import Callable

from django.test import Client

from contacts.models import Customer
from crm.search.models import SearchRow
from crm.staff.models import User

SignIn = Callable[[User], Client]


def test_delete_takes_the_customer_out_of_lists_and_search_and_restore_brings_it_back(
    rep: User, customer: Customer, sign_in: SignIn
) -> None:
    client = sign_in(rep)
    assert client.post(f"/customers/{customer.pk}/delete/").status_code == 302
    assert client.get("/customers/").context["rows"] == []
    assert client.get(f"/customers/{customer.pk}/").status_code == 404
    assert not SearchRow.objects.filter(object_id=customer.pk, object_type="contacts.customer").exists()
    assert client.post(f"/customers/{customer.pk}/restore/").status_code == 302
    assert "Lindqvist" in client.get(f"/customers/{customer.pk}/").content.decode()
    assert SearchRow.objects.filter(object_id=customer.pk, object_type="contacts.customer").exists()


def test_someone_elses_customer_is_not_deleted(
    agent: User, customer: Customer, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(agent)
    unchanged()
    assert client.post(f"/customers/{customer.pk}/delete/").status_code == 403
    unchanged()


def test_get_does_not_delete(rep: User, customer: Customer, sign_in: SignIn) -> None:
    answer = sign_in(rep).get(f"/customers/{customer.pk}/delete/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/{customer.pk}/")
    assert Customer.objects.get(pk=customer.pk).deleted_at is None
