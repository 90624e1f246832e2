from collections.abc import Callable

import pytest
from django.test import Client

from contacts.models import Customer, DirtyCustomer
from crm.staff.models import User
from sales.models import Order
from sales.services.order import order_cancel, order_reinstate

SignIn = Callable[[User], Client]


@pytest.fixture
def order(rep: User, customer: Customer, place_order: Callable[..., Order]) -> Order:
    return place_order(rep, customer)


def test_cancel_takes_the_order_back_and_wakes_the_value_engine(rep: User, order: Order) -> None:
    DirtyCustomer.objects.all().delete()
    order_cancel(actor=rep, order=order)
    assert Order.objects.get(pk=order.pk).status == "cancelled"
    assert list(DirtyCustomer.objects.values_list("customer_id", "kind")) == [(order.payer_id, "order")]


def test_cancelled_twice_is_cancelled_once(rep: User, order: Order) -> None:
    order_cancel(actor=rep, order=order)
    version = Order.objects.get(pk=order.pk).version
    order_cancel(actor=rep, order=Order.objects.get(pk=order.pk))
    assert Order.objects.get(pk=order.pk).version == version


def test_reinstate_undoes_it(rep: User, order: Order) -> None:
    cancelled = order_cancel(actor=rep, order=order)
    DirtyCustomer.objects.all().delete()
    order_reinstate(actor=rep, order=cancelled)
    assert Order.objects.get(pk=order.pk).status == "placed"
    assert list(DirtyCustomer.objects.values_list("customer_id", "kind")) == [(order.payer_id, "order")]


def test_those_who_only_read_orders_are_refused(
    agent: User, order: Order, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(agent)
    unchanged()
    assert client.post(f"/orders/{order.pk}/cancel/").status_code == 403
    unchanged()


def test_an_invisible_order_is_404(
    narrow: User, order: Order, sign_in: SignIn, unchanged: Callable[[], None]
) -> None:
    client = sign_in(narrow)
    unchanged()
    for verb in ("", "cancel/", "return/", "reinstate/"):
        path = f"/orders/{order.pk}/{verb}"
        assert (client.post(path) if verb else client.get(path)).status_code == 404
    unchanged()


def test_the_timeline_hides_orders_from_those_who_may_not_see_orders(
    order: Order, customer: Customer, rep: User, sign_in: SignIn
) -> None:
    role = rep.roles.get()
    address = f"/customers/{customer.pk}/"
    assert order.external_id in sign_in(rep).get(address).content.decode()
    role.matrix["sales.order"] = {"view": "none"}
    role.save()
    assert order.external_id not in sign_in(rep).get(address).content.decode()
