"""The list of customers, creating, deleting and restoring."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.forms import POINTS, CustomerForm
from contacts.kinds import CUSTOMERS
from contacts.models import Customer
from contacts.selectors import customer_find
from contacts.services.customer import customer_create, customer_delete, customer_edit, customer_restore
from crm.access.services import allowed, find
from crm.access.views import ProtectedView
from crm.lists.state import ListState
from crm.lists.views import RecordListView
from crm.records.errors import StaleRecord
from crm.records.merge import differences
from crm.records.services import current
from crm.records.undo import undo_message
from crm.staff.models import User
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class CustomerListView(RecordListView):
    permission = "contacts.view_customer"
    kind = CUSTOMERS
    template = "contacts/customer_list.html"
    empty_template = "contacts/customer_list_empty.html"

    def more_context(self, state: ListState) -> dict[str, Any]:
        return {
            "can_create": allowed(self.user, "contacts.create_customer"),
            "can_import": allowed(self.user, "imports.create_import"),
        }


class CustomerCreateView(ProtectedView):
    permission = "contacts.create_customer"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = CustomerForm(
            user=self.user, initial={"owner": self.user, "kind": request.GET.get("kind", "person")}
        )
        return customer_form(request, form, None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CustomerForm(request.POST, user=self.user)
        if form.is_valid():
            try:
                customer = self.save(form)
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return redirect("contacts:customer-record", customer.pk)
        return customer_form(request, form, None, status=422)

    def save(self, form: CustomerForm) -> Customer:
        return submit_once(
            actor=self.user,
            sent=sent_form(self.request),
            create=lambda: customer_create(actor=self.user, values=form.values(), **form.points()),
        )


class CustomerEditView(ProtectedView):
    permission = "contacts.edit_customer"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        return customer_form(
            request, CustomerForm(instance=customer, initial=initial(customer), user=self.user), customer
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        form = CustomerForm(request.POST, instance=customer_find(self.user, pk), user=self.user)
        if not form.is_valid():
            return customer_form(request, form, customer, status=422)
        try:
            customer_edit(
                actor=self.user,
                customer=customer,
                values=changed(form, customer),
                version=form.cleaned_data["version"],
                points=form.points(),
            )
        except ValidationError as fault:
            form.refuse(fault)
            return customer_form(request, form, customer, status=422)
        except StaleRecord as stale:
            conflict = merged(form, customer_find(self.user, stale.current.pk), self.user)
            return customer_form(request, form, customer, status=409, conflict=conflict)
        return redirect("contacts:customer-record", pk)


def merged(form: CustomerForm, current: Customer, user: User) -> list[dict[str, Any]]:
    """What the writer changed and somebody else saved otherwise; the rest of the form follows what was saved."""
    found = differences(current, form.values()) + point_differences(current, form)
    by_both = form.rebase(CustomerForm(instance=current, initial=initial(current), user=user))
    return [item for item in found if item["name"] in by_both]


def changed(form: CustomerForm, customer: Customer) -> dict[str, Any]:
    """Only what differs, so that a form asks for no permission (assign) that it does not use."""
    return {name: value for name, value in form.values().items() if current(customer, name) != value}


def point_differences(customer: Customer, form: CustomerForm) -> list[dict[str, Any]]:
    """E-mail and phone that stand otherwise now than in the form."""
    now = initial(customer)
    return [
        {
            "name": kind,
            "label": form.fields[kind].label,
            "yours": text,
            "theirs": now.get(kind, ""),
            "by": "",
            "at": None,
        }
        for kind, text in form.points().items()
        if text.strip() != now.get(kind, "")
    ]


def initial(customer: Customer) -> dict[str, str]:
    points = customer.contact_points.filter(is_primary=True, kind__in=POINTS)
    return {"version": str(customer.version), **{point.kind: point.shown for point in points}}


def customer_form(
    request: HttpRequest,
    form: CustomerForm,
    customer: Customer | None,
    *,
    status: int = 200,
    conflict: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    context = {"form": form, "obj": customer, "conflict": conflict}
    return render(request, "contacts/customer_form.html", context, status=status)


class CustomerDeleteView(ProtectedView):
    permission = "contacts.delete_customer"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_delete(actor=self.user, customer=customer_find(self.user, pk))
        undo_message(
            request,
            _("%s was deleted.") % customer.name,
            reverse("contacts:customer-restore", args=[customer.pk]),
        )
        return redirect("contacts:customer-list")


class CustomerRestoreView(ProtectedView):
    permission = "contacts.restore_customer"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = find(Customer.objects.filter(deleted_at__isnull=False), self.user, pk)
        customer_restore(actor=self.user, customer=customer)
        messages.success(request, _("%s is back.") % customer.name)
        return redirect("contacts:customer-record", pk)
