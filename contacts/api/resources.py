"""Customers and what hangs on them, as the API offers it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.models import Customer
from contacts.services.customer import customer_create, customer_restore
from crm.api.resources import Action, Resource
from crm.fields.catalogue import PREFIX
from crm.staff.models import User

CUSTOMER = "contacts.customer"
VALUE = "analytics.value"


def with_custom(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a new record: values of custom fields together in one."""
    columns = {key: value for key, value in values.items() if not key.startswith(PREFIX)}
    custom = {key.removeprefix(PREFIX): value for key, value in values.items() if key.startswith(PREFIX)}
    kept = {key: value for key, value in custom.items() if value not in (None, "", [])}
    return {**columns, "custom": kept} if kept else columns


def create_customer(*, actor: User, values: Mapping[str, Any]) -> Customer:
    return customer_create(actor=actor, values=with_custom(values))


def restore_customer(*, actor: User, obj: Customer) -> Customer:
    return customer_restore(actor=actor, customer=obj)


CUSTOMERS = Resource(
    name="customers",
    kind=CUSTOMER,
    one="Customer",
    scopes=(CUSTOMER, VALUE),
    create=create_customer,
    creates=(
        "name", "kind", "organisation", "job_title", "street", "postal_code", "city", "region", "country", "language",
        "source", "lead_status", "owner", "team",
    ),
    requires=("name",),
    actions=(Action("restore", restore_customer, _("Bring a deleted customer back"), of_deleted=True),),
    select=("organisation", "owner", "team"),
)  # fmt: skip
