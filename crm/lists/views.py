"""The page of a list by declaration."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.bulk.actions import offered_actions
from crm.fragments import is_fragment
from crm.lists.board import board, changed_since, more_cards
from crm.lists.cells import table_rows
from crm.lists.columns import room
from crm.lists.count import list_count
from crm.lists.grouping import groups, summed_fields, totals
from crm.lists.layouts import layouts
from crm.lists.page import page_context
from crm.lists.selectors import may_edit_view
from crm.lists.state import ListState, read_state
from crm.lists.tabs import view_tabs
from crm.records.kinds import Kind


class RecordListView(ProtectedView):
    """The whole page; for htmx its results and the bar that says the filters, or with `?count=` how many there are."""

    kind: ClassVar[Kind]
    template: ClassVar[str] = "crm/list.html"
    empty_template: ClassVar[str] = "crm/list_empty.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        state = read_state(self.kind, self.user, self.asked(request))
        fragment = is_fragment(request)
        if state.board and fragment and "cards" in request.GET:
            return render(request, "crm/list_board.html#cards", more_cards(state) | {"kind": self.kind})
        if state.board and "stamp" in request.GET and not changed_since(state, request.GET["stamp"]):
            return HttpResponse(status=204)
        if fragment and "totals" in request.GET:
            return render(request, "crm/list_totals.html", {"state": state, "totals": totals(state)})
        if fragment and "count" in request.GET:
            return HttpResponse(list_count(state.rows(), self.user))
        context = list_context(state) | {"empty_template": self.empty_template} | self.more_context(state)
        if not fragment:
            context["tabs"] = tabs = view_tabs(state)
            context["view_is_pinned"] = any(tab.is_open and tab.is_pinned for tab in tabs["shown"])
            return render(request, self.template, context)
        response = render(request, "crm/list.html#results", context)
        response.write(render_to_string("crm/list_filters.html", context | {"beside": True}, request))
        return response

    def asked(self, request: HttpRequest) -> QueryDict:
        """The parameters of the address."""
        return request.GET

    def more_context(self, state: ListState) -> dict[str, Any]:
        """What this page shows beside the list."""
        return {}


def shown(state: ListState) -> dict[str, Any]:
    """The rows as a page of a table, in groups, or as cards of a board."""
    if state.board:
        return {"board": board(state), "rows": True, "count_text": ""}
    if state.group:
        found = groups(state, state.group, summed_fields(state))
        for group in found:
            group.html = table_rows(state.kind, state.columns, group.rows)
        return {"groups": found, "rows": found, "room": room(state.columns), "count_text": ""}
    context = page_context(state)
    context["table_rows"] = table_rows(state.kind, state.columns, context["rows"])
    return context


def list_context(state: ListState) -> dict[str, Any]:
    context: dict[str, Any] = {
        "state": state,
        "kind": state.kind,
        "sort": state.sort[0],
        "q": state.params.get("q", ""),
    }
    context |= state.filters.context()
    context |= shown(state)
    context["filtered"] = state.is_filtered
    context["layouts"] = layouts(state)
    context["bulk_actions"] = [] if state.board else offered_actions(state.user, state.kind)
    context["may_bulk"] = allowed(state.user, state.kind.permission("bulk"))
    context["may_export"] = not state.board and allowed(state.user, state.kind.permission("export"))
    context["may_save"] = bool(state.view and may_edit_view(state.user, state.view))
    return context
