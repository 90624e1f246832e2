"""The page of a deal and its peek."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from contacts.composing import composing, files_about
from contacts.models import Customer
from contacts.selectors import customers, value_strip
from crm.access.services import allowed, field_level
from crm.access.views import ProtectedView
from crm.layouts.selectors import layout_for, layout_url
from crm.layouts.shown import laid_out
from crm.records.history import history_rows
from crm.records.panels import filled_panels
from crm.records.properties import PropertyGroup
from crm.records.timeline import read_place, timeline
from sales.approvals import banner
from sales.deal_forms import CompetitorForm, PersonForm
from sales.deal_kind import DEALS, PAGE
from sales.line_offers import line_offers
from sales.margins import margin_of
from sales.models import Deal
from sales.selectors import deal_find, deal_lines, deal_orders
from sales.stepper import stepper

OUTCOME = {"closed_at", "loss_reason", "loss_note"}


class DealRecordView(ProtectedView):
    permission = "sales.view_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        return render(request, "sales/deal_record.html", deal_context(self, deal))


class DealTimelineView(ProtectedView):
    """The next page of the timeline, as list items."""

    permission = "sales.view_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        context = timeline_context(self, deal, request.GET.get("before", ""))
        return render(request, "contacts/timeline.html#timeline_entries", context)


class DealPeekView(ProtectedView):
    permission = "sales.view_deal"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        deal = deal_find(self.user, pk)
        groups = laid_out(DEALS, self.user, deal)
        context = {
            **head_context(self, deal),
            "properties": [item for group in groups for item in group.properties if item.value],
        }
        return render(request, "sales/deal_peek.html", context)


def head_context(view: ProtectedView, deal: Deal) -> dict[str, Any]:
    """What stands above a deal wherever it is shown: whose it is, what they are worth, how far it is."""
    customer = visible_customer(view, deal)
    return {
        "deal": deal,
        "customer": customer,
        "can": rights(view, deal),
        "steps": stepper(deal),
        "orders": deal_orders(view.user, deal) if not deal.is_open else [],
        "why_url": reverse("contacts:customer-record", args=[customer.pk]) if customer else "",
        **(value_strip(view.user, customer) if customer else {}),
    }


def visible_customer(view: ProtectedView, deal: Deal) -> Customer | None:
    rows = customers(view.user).select_related("organisation__value", "value")
    return rows.filter(pk=deal.customer_id).first()


def rights(view: ProtectedView, deal: Deal) -> dict[str, bool]:
    may_edit = allowed(view.user, "sales.edit_deal", deal)
    return {
        "edit": may_edit,
        "move": may_edit and deal.is_open,
        "reopen": may_edit and not deal.is_open,
        "delete": allowed(view.user, "sales.delete_deal", deal),
        "note": allowed(view.user, "contacts.create_interaction"),
        "margin": field_level(view.user, "finance") != "hidden",
    }


def deal_context(view: ProtectedView, deal: Deal) -> dict[str, Any]:
    layout = layout_for(DEALS, view.user)
    parts = tab_context(view, deal, layout.tabs.shown)
    head = head_context(view, deal)
    customer = head["customer"]
    return {
        **head,
        "property_groups": property_groups(view, deal),
        "panels": filled_panels("DEAL_PANELS", view.user, layout.panels.shown, customer=customer, deal=deal),
        "layout_url": layout_url(DEALS, view.user),
        **parts,
        **(discount_context(view, deal) if deal.approval or parts["tab"] == "lines" else {}),
    }


def discount_context(view: ProtectedView, deal: Deal) -> dict[str, Any]:
    """Whether its discounts need approval: beside the lines always, elsewhere where its owner is concerned."""
    if not deal.is_open:
        return {}
    return banner(view.user, deal, reverse("sales:deal-approval", args=[deal.pk]))


def property_groups(view: ProtectedView, deal: Deal) -> list[PropertyGroup]:
    """The properties as they are laid out; how a deal ended is told once it has."""
    groups = laid_out(DEALS, view.user, deal)
    if not deal.is_open:
        return groups
    return [group for group in groups if not {item.name for item in group.properties} <= OUTCOME]


def tab_context(view: ProtectedView, deal: Deal, tabs: tuple[str, ...]) -> dict[str, Any]:
    """The tab that the address asks for; the first one when it asks for none that is shown."""
    loaders: dict[str, Callable[[], dict[str, Any]]] = {
        "timeline": lambda: timeline_context(view, deal),
        "lines": lambda: lines_context(view, deal),
        "people": lambda: people_context(view, deal),
        "files": lambda: {"files": list(files_about(view.user, deal))},
        "history": lambda: {"history": history_rows(view.user, deal)},
    }
    asked = view.request.GET.get("tab", "")
    tab = asked if asked in tabs else tabs[0]
    labels = {part.key: part.label for part in PAGE.tabs}
    address = reverse("sales:deal-record", args=[deal.pk])
    items = [
        {"key": key, "label": labels[key], "active": key == tab, "url": tab_url(address, key, tabs)}
        for key in tabs
    ]
    return {"tab": tab, "tabs": items, **loaders[tab]()}


def timeline_context(view: ProtectedView, deal: Deal, before: str = "") -> dict[str, Any]:
    """What happened in the deal, what is planned, and the composer for both."""
    entries, cursor = timeline(view.user, deal.customer, read_place(before), about=deal)
    address = reverse("sales:deal-timeline", args=[deal.pk])
    return {
        "entries": entries,
        "timeline_more_url": f"{address}?{urlencode({'before': cursor})}" if cursor else "",
        **composing(view.user, deal),
    }


def tab_url(address: str, key: str, tabs: tuple[str, ...]) -> str:
    return address if key == tabs[0] else f"{address}?tab={key}"


def lines_context(view: ProtectedView, deal: Deal) -> dict[str, Any]:
    """The lines, what they leave, and while the deal is open what they could become."""
    lines = list(deal_lines(deal))
    offers = line_offers(view.user, deal, lines) if lines and deal.is_open else None
    return {
        "lines": lines,
        "margin": margin_of(deal, lines),
        "offers": offers,
        "offer_rows": {offer.row.pk: offer for offer in offers.rows} if offers else {},
        "knows_books": allowed(view.user, "sales.view_pricebook"),
    }


def people_context(view: ProtectedView, deal: Deal) -> dict[str, Any]:
    """Those whom the reader may see; the others are only counted."""
    rows = list(deal.people.select_related("customer"))
    seen = set(
        customers(view.user).filter(pk__in=[row.customer_id for row in rows]).values_list("pk", flat=True)
    )
    return {
        "people": [row for row in rows if row.customer_id in seen],
        "hidden_people": sum(row.customer_id not in seen for row in rows),
        "competitors": list(deal.competitors.all()),
        "person_form": PersonForm(user=view.user),
        "competitor_form": CompetitorForm(),
    }
