"""A customer's record page, its peek and its timeline."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from contacts.employers import employer_of, has_hidden_employer
from contacts.forms import ComposerForm
from contacts.kinds import CUSTOMERS, PAGE
from contacts.models import Customer
from contacts.record import property_groups
from contacts.rows import task_rows
from contacts.selectors import customer_find, customer_tasks, value_strip
from contacts.views.properties import reading_rights, rights_of
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.layouts.selectors import layout_for, layout_url
from crm.lists.page import neighbours
from crm.records.history import history_rows
from crm.records.panels import filled_panels
from crm.records.timeline import read_place, timeline
from crm.records.verbs import record_verbs

PEEK_ENTRIES = 5


class CustomerRecordView(ProtectedView):
    permission = "contacts.view_customer"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        can = rights(self, customer)
        layout = layout_for(CUSTOMERS, self.user)
        context = {
            "customer": with_tags(customer),
            "can": can,
            "property_groups": property_groups(customer, rights_of(self.user, customer, layout), layout),
            "employer": employer_of(self.user, customer),
            "panels": filled_panels("CUSTOMER_PANELS", self.user, layout.panels.shown, customer=customer),
            "layout_url": layout_url(CUSTOMERS, self.user),
            "verbs": record_verbs(self.user, customer),
            "composer": ComposerForm(initial={"kind": "note"}),
            "neighbours": record_neighbours(self, customer),
            "why_url": reverse("contacts:customer-record", args=[pk]),
            **value_strip(self.user, customer),
            **tab_context(self, customer, layout.tabs.shown),
        }
        return render(request, "contacts/customer_record.html", context)


class CustomerPeekView(ProtectedView):
    permission = "contacts.view_customer"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        hides = has_hidden_employer(self.user, customer)
        layout = layout_for(CUSTOMERS, self.user)
        groups = property_groups(customer, reading_rights(self.user, customer, layout), layout)
        items = [item for group in groups for item in group.properties]
        entries, _more = timeline(self.user, customer, None, PEEK_ENTRIES)
        context = {
            "customer": with_tags(customer),
            "employer": employer_of(self.user, customer),
            "properties": [
                item for item in items if item.value and not (hides and item.name == "organisation")
            ],
            "entries": entries[:PEEK_ENTRIES],
            "tasks": open_task_rows(self, customer),
            "why_url": reverse("contacts:customer-record", args=[pk]),
            "can_log": allowed(self.user, "contacts.create_interaction"),
            **value_strip(self.user, customer),
        }
        return render(request, "contacts/customer_peek.html", context)


class CustomerTimelineView(ProtectedView):
    """The next page of the timeline, as list items."""

    permission = "contacts.view_customer"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        context = timeline_context(self, customer, request.GET.get("before", ""))
        return render(request, "contacts/timeline.html#timeline_entries", context)


def rights(view: ProtectedView, customer: Customer) -> dict[str, bool]:
    return {
        "edit": allowed(view.user, "contacts.edit_customer", customer),
        "assign": allowed(view.user, "contacts.assign_customer", customer),
        "delete": allowed(view.user, "contacts.delete_customer", customer),
        "note": allowed(view.user, "contacts.create_interaction"),
    }


def with_tags(customer: Customer) -> Customer:
    customer.tags_shown = list(customer.tags.all())  # type: ignore[attr-defined]
    return customer


def timeline_context(view: ProtectedView, customer: Customer, before: str = "") -> dict[str, Any]:
    entries, cursor = timeline(view.user, customer, read_place(before))
    address = reverse("contacts:customer-timeline", args=[customer.pk])
    query = QueryDict(mutable=True)
    query["before"] = cursor
    return {"entries": entries, "timeline_more_url": f"{address}?{query.urlencode()}" if cursor else ""}


def open_task_rows(view: ProtectedView, customer: Customer) -> list[dict[str, Any]]:
    return task_rows(view.user, customer_tasks(view.user, customer)[:50])


def tab_context(view: ProtectedView, customer: Customer, tabs: Sequence[str]) -> dict[str, Any]:
    """The tab that the address asks for; the first one when it asks for none that is shown."""
    loaders: dict[str, Callable[[], dict[str, Any]]] = {
        "timeline": lambda: timeline_context(view, customer),
        "tasks": lambda: {"tasks": open_task_rows(view, customer)},
        "history": lambda: {"history": history_rows(view.user, customer)},
    }
    asked = view.request.GET.get("tab", "")
    tab = asked if asked in tabs else tabs[0]
    return {"tab": tab, "tabs": record_tabs(view, customer, tabs, tab), **loaders[tab]()}


def record_tabs(
    view: ProtectedView, customer: Customer, tabs: Sequence[str], tab: str
) -> list[dict[str, Any]]:
    address = reverse("contacts:customer-record", args=[customer.pk])
    labels = {part.key: part.label for part in PAGE.tabs}
    tasks = customer_tasks(view.user, customer).count() if allowed(view.user, "contacts.view_task") else 0
    return [
        {
            "key": key,
            "label": labels[key],
            "count": tasks if key == "tasks" else 0,
            "active": key == tab,
            "url": address if key == tabs[0] else f"{address}?tab={key}",
        }
        for key in tabs
    ]


def record_neighbours(view: ProtectedView, customer: Customer) -> dict[str, str] | None:
    """The records before and after this one in the list it was reached from (`?list=` or the referring page)."""
    query = list_query(view.request)
    if query is None:
        return None
    previous, following = neighbours(CUSTOMERS, view.user, QueryDict(query), customer)
    carried = QueryDict(mutable=True)
    carried["list"] = query

    def url(pk: int | None) -> str:
        return f"{reverse('contacts:customer-record', args=[pk])}?{carried.urlencode()}" if pk else ""

    list_url = reverse("contacts:customer-list") + (f"?{query}" if query else "")
    return {"previous_url": url(previous), "next_url": url(following), "list_url": list_url, "text": ""}


def list_query(request: HttpRequest) -> str | None:
    """The query string of the list the reader came from; None when they came from elsewhere."""
    if "list" in request.GET:
        return request.GET["list"]
    try:
        came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return None
    return came_from.query if came_from.path == reverse("contacts:customer-list") else None
