"""Inline edit of a customer's properties: GET the editor, `?show=1` GET the row back, POST save."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from contacts.employers import has_hidden_employer
from contacts.forms import POINTS, CustomerForm, NewPointForm, PointForm
from contacts.kinds import CUSTOMERS, REACH
from contacts.models import ContactPoint, Customer
from contacts.record import OWN, Rights, property_of, reach_run
from contacts.selectors import customer_find
from contacts.services.customer import customer_edit
from contacts.services.points import point_create, point_edit
from contacts.views.customer import initial, point_differences
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.fields.catalogue import fields_for
from crm.fields.declaration import Field
from crm.fragments import is_fragment
from crm.layouts.arrangement import Arrangement
from crm.lists.properties import properties_of
from crm.records.errors import StaleRecord
from crm.records.forms import name_version
from crm.records.merge import differences
from crm.records.properties import Property
from crm.staff.models import User


def rights_of(user: User, customer: Customer, layout: Arrangement | None = None) -> Rights:
    """With a layout, also what it shows of other rows."""
    return Rights(
        edit=allowed(user, "contacts.edit_customer", customer),
        assign=allowed(user, "contacts.assign_customer", customer),
        hides_employer=has_hidden_employer(user, customer),
        address=reverse("contacts:customer-property", args=[customer.pk, "-"]).removesuffix("-/"),
        custom=custom_of(user),
        read=read_beside(user, customer, layout) if layout else {},
    )


def reading_rights(user: User, customer: Customer, layout: Arrangement) -> Rights:
    """For a page on which nothing is edited."""
    return Rights(
        hides_employer=has_hidden_employer(user, customer),
        custom=custom_of(user),
        read=read_beside(user, customer, layout),
    )


def custom_of(user: User) -> tuple[Field, ...]:
    return tuple(field for field in fields_for(CUSTOMERS.key, user).values() if field.is_custom)


def read_beside(user: User, customer: Customer, layout: Arrangement) -> dict[str, Property]:
    """What an administrator put among the properties that is not of the customer's own row, in one query."""
    own = {*OWN, REACH}
    known = fields_for(CUSTOMERS.key, user)
    named = [key for group in layout.groups for key in group.fields if key not in own]
    fields = [known[key] for key in named if not known[key].is_custom]
    made = properties_of(CUSTOMERS, user, customer, fields) if fields else []
    return {field.key: item for field, item in zip(fields, made, strict=True)}


class PropertyView(ProtectedView):
    """What all properties share; `name` is the property on the page, `field` that of the form."""

    permission = "contacts.edit_customer"
    name: str
    field: str

    def form(self, customer: Customer, data: Any = None) -> Any:
        raise NotImplementedError

    def save(self, customer: Customer, form: Any) -> None:
        raise NotImplementedError

    def conflicts(self, current: Customer, form: Any) -> list[dict[str, Any]]:
        raise NotImplementedError

    def show_editor(self, customer: Customer) -> HttpResponse:
        if self.request.GET.get("show"):
            return self.row(customer)
        self.require_editable(customer)
        return self.editor(customer, self.form(customer))

    def require_editable(self, customer: Customer) -> None:
        """A property that the page does not show is not there; one that it shows without a way to edit it is closed."""
        item = property_of(customer, self.name, rights_of(self.user, customer))
        if item is None:
            raise Http404
        if not item.edit_url:
            raise PermissionDenied

    def store(self, customer: Customer) -> HttpResponse:
        self.require_editable(customer)
        form = self.form(customer_find(self.user, customer.pk), self.request.POST)
        if not form.is_valid():
            return self.editor(customer, form, status=422)
        try:
            self.save(customer, form)
        except ValidationError as fault:
            form.add_error(self.field, fault.messages)
            return self.editor(customer, form, status=422)
        except StaleRecord as stale:
            return self.merge(customer_find(self.user, stale.current.pk), form)
        return self.saved(customer_find(self.user, customer.pk))

    def saved(self, customer: Customer) -> HttpResponse:
        return self.row(customer)

    def merge(self, current: Customer, form: Any) -> HttpResponse:
        """Somebody was first: both values side by side; saving again keeps the second."""
        found = self.conflicts(current, form)
        if not found:
            return self.row(current)
        name_version(form, current.version)
        return self.editor(current, form, status=409, merge=found[0])

    def row(self, customer: Customer) -> HttpResponse:
        item = property_of(customer, self.name, rights_of(self.user, customer))
        if item is None:
            raise Http404
        return render(self.request, "crm/property.html", {"property": item, "customer": customer})

    def editor(
        self, customer: Customer, form: Any, *, status: int = 200, merge: dict[str, Any] | None = None
    ) -> HttpResponse:
        item = property_of(customer, self.name, rights_of(self.user, customer))
        context = {
            "property": item,
            "field": form[self.field],
            "version": form["version"].value() or customer.version,
            "merge": merge,
        }
        return render(self.request, "crm/property_editor.html", context, status=status)


def field_name(name: str) -> str:
    """custom-size in an address is custom.size in the form."""
    return name.replace("-", ".", 1) if name.startswith("custom-") else name


class CustomerPropertyView(PropertyView):
    """A field of the customer, or the primary e-mail or phone."""

    def get(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        self.name, self.field = name, field_name(name)
        return self.show_editor(customer_find(self.user, pk))

    def post(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        self.name, self.field = name, field_name(name)
        return self.store(customer_find(self.user, pk))

    def form(self, customer: Customer, data: Any = None) -> CustomerForm:
        return CustomerForm(
            data, instance=customer, initial=initial(customer), user=self.user, only=self.field
        )

    def save(self, customer: Customer, form: CustomerForm) -> None:
        customer_edit(
            actor=self.user,
            customer=customer,
            values=form.values(),
            version=form.cleaned_data["version"],
            points=form.points(),
        )

    def conflicts(self, current: Customer, form: CustomerForm) -> list[dict[str, Any]]:
        return differences(current, form.values()) or point_differences(current, form)

    def saved(self, customer: Customer) -> HttpResponse:
        return (
            reach(self, customer) if self.name in POINTS and is_fragment(self.request) else self.row(customer)
        )


class PointPropertyView(PropertyView):
    """Another way to reach the customer; emptied, it is taken away."""

    field = "text"

    point: ContactPoint

    def get(self, request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
        return self.show_editor(self.customer_with(pk, point_pk))

    def post(self, request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
        return self.store(self.customer_with(pk, point_pk))

    def customer_with(self, pk: int, point_pk: int) -> Customer:
        customer = customer_find(self.user, pk)
        point = customer.contact_points.filter(pk=point_pk).first()
        if point is None:
            raise Http404
        self.point = point
        # the primary e-mail and phone stand on the page under their kind
        self.name = point.kind if point.is_primary and point.kind in POINTS else f"point-{point.pk}"
        return customer

    def form(self, customer: Customer, data: Any = None) -> PointForm:
        return PointForm(data, initial={"text": self.point.shown, "version": customer.version})

    def save(self, customer: Customer, form: PointForm) -> None:
        point_edit(
            actor=self.user,
            customer=customer,
            point=self.point,
            text=form.cleaned_data["text"],
            version=form.cleaned_data["version"],
        )

    def conflicts(self, current: Customer, form: PointForm) -> list[dict[str, Any]]:
        now = current.contact_points.filter(pk=self.point.pk).first()
        theirs, yours = now.shown if now else "", form.cleaned_data["text"]
        return [{"theirs": theirs, "yours": yours, "by": ""}] if theirs != yours else []

    def saved(self, customer: Customer) -> HttpResponse:
        return reach(self, customer)


class PointCreateView(ProtectedView):
    """Adds a way to reach the customer: GET the form below the others, POST saves."""

    permission = "contacts.edit_customer"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return reach(self, customer_find(self.user, pk), NewPointForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer, form = customer_find(self.user, pk), NewPointForm(request.POST)
        if form.is_valid():
            try:
                point_create(actor=self.user, customer=customer, **form.cleaned_data)
            except ValidationError as fault:
                form.add_error("text", fault.messages)
        return reach(self, customer_find(self.user, pk), form if form.errors else None)


def reach(view: ProtectedView, customer: Customer, form: NewPointForm | None = None) -> HttpResponse:
    """All ways to reach the customer, as one that changes may move another; `form` to add one more."""
    if not is_fragment(view.request):
        for errors in form.errors.values() if form else ():
            messages.error(view.request, " ".join(map(str, errors)))
        return redirect("contacts:customer-record", customer.pk)
    rights = rights_of(view.user, customer)
    context = {
        "run": reach_run(customer, rights),
        "customer": customer,
        "can": {"edit": rights.edit},
        "form": form,
    }
    status = 422 if form is not None and form.errors else 200
    response = render(view.request, "contacts/reach.html", context, status=status)
    response.headers["HX-Retarget"] = "#reach"
    response.headers["HX-Reswap"] = "outerHTML"
    return response
