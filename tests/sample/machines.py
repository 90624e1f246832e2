"""A kind of record by declaration: this file, a model, a filter and a line of addresses are all there is to it."""

import django_filters
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.access.scopes import AccessObject
from crm.fields.declaration import Extension, Field, Related
from crm.fields.types import FieldType
from crm.lists.filters import ListFilter
from crm.records.generic import record_delete, record_edit, record_restore
from crm.records.kinds import Kind
from crm.search.sources import Document, SearchSource
from crm.staff.selectors import person_options
from tests.sample.models import Machine

OBJECTS = (AccessObject("sample.machine", _("Machines")),)


class MachineFilter(ListFilter):
    quick = ("state",)
    q = django_filters.CharFilter("name", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label="State", choices=[("lent", "Lent"), ("here", "Here")])


MACHINES = Kind(
    key="sample.machine",
    model=Machine,
    label="Machine",
    plural="Machines",
    icon="coffee",
    fields=(
        Field("name", "Name", FieldType.TEXT, edit="name", sortable=True, nullable=False, bulk=False),
        Field("state", "State", FieldType.CHOICE, edit="state", nullable=False,
              choices=[("lent", "Lent"), ("here", "Here")]),
        Field("customer", "Customer", FieldType.RECORD, path="customer_id", edit="customer", name_path="customer__name",
              through="customer_id", through_kind="contacts.customer"),
        Field("price", "Price", FieldType.MONEY, edit="price", sortable=True, totals=True),
        Field("bought_on", "Bought", FieldType.DATE, edit="bought_on", sortable=True),
        Field("owner", "Owner", FieldType.PERSON, path="owner_id", name_path="owner__name", choices=person_options,
              edit="owner", edit_permission="sample.assign_machine"),
    ),
    title="name",
    columns=("name", "state", "customer", "price", "bought_on", "owner"),
    default_sort="name",
    filter_class=MachineFilter,
    list_url="sample:machine-list",
    record_url="sample:machine-record",
    peek_url="sample:machine-peek",
    alive={"deleted_at": None},
    edit=record_edit,
    delete=record_delete,
    restore=record_restore,
    boards=("state",),
    board_sums=("price",),
)  # fmt: skip

CUSTOMER_MACHINES = Extension(
    "contacts.customer", related=(Related("machines", "Machines", "sample.machine", "customer"),)
)
SEARCH = SearchSource(
    "sample.machine",
    "Machine",
    icon="coffee",
    url=lambda pk: reverse("sample:machine-record", args=[pk]),
    document=lambda machine: Document(machine.name, "", (machine.name,)),
)
