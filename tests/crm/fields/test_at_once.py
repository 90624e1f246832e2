"""Two administrators who add the same at the same moment: one is told that it is there already."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections
from django.test import Client

from crm.access.models import Role
from crm.fields.models import CustomField
from crm.staff.models import User

SignIn = Callable[[User], Client]
PLACES = {
    "/settings/fields/new/contacts-customer/": ({"label": "Size", "type": "text"}, CustomField),
    "/settings/roles/new/": ({"name": "Boss"}, Role),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", PLACES)
def test_one_of_them_is_refused(admin: User, sign_in: SignIn, address: str) -> None:
    sent, model = PLACES[address]
    before = model.objects.count()
    clients, barrier, answers = [sign_in(admin) for _ in range(4)], threading.Barrier(4), []

    def send(client: Client) -> None:
        barrier.wait()
        answers.append(client.post(address, sent).status_code)
        connections.close_all()

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 422, 422, 422]
    assert model.objects.count() == before + 1
