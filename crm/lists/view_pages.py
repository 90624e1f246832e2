"""Saving and arranging views."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.lists.columns import read_chosen
from crm.lists.defaults import RULE_ROLES, defaults, view_set_roles
from crm.lists.forms import ViewForm, ViewRolesForm
from crm.lists.kind_view import KindView
from crm.lists.models import View
from crm.lists.selectors import default_view, may_edit_view, view_find
from crm.lists.services import (
    arrange,
    view_create,
    view_delete,
    view_edit,
    view_pin,
    view_restore,
    view_set_default,
    view_unpin,
)
from crm.lists.state import ListState, saved_params
from crm.records.undo import undo_message
from crm.rules.tree import write_tree
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


def content(state: ListState) -> dict[str, Any]:
    """What a list shows now, as a view keeps it."""
    return {
        "params": saved_params(state.params),
        "rule": write_tree(state.rule),
        "columns": [[column.field.key, column.width] for column in state.columns],
    }


class ListPart(KindView):
    """What changes a list and then shows it again."""

    def query(self, request: HttpRequest) -> QueryDict:
        """The parameters of the list that the form was opened from."""
        return QueryDict(request.POST.get("query", "") or request.GET.urlencode())

    def list_url(self, query: str = "") -> str:
        return reverse(self.kind.list_url) + (f"?{query}" if query else "")

    def open_view(self, view: View | None) -> HttpResponse:
        target = self.list_url(f"view={view.pk if view else 'all'}")
        if is_fragment(self.request):
            return HttpResponse(headers={"HX-Redirect": target})
        return redirect(target)

    def view_or_404(self, pk: int) -> View:
        found = view_find(self.user, self.kind.key, str(pk))
        if found is None:
            raise Http404
        return found


class ViewCreateView(ListPart):
    """GET the form (a dialog's content, or a page), POST keeps what the list shows under a name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(ViewForm(user=self.user), request.GET.urlencode())

    def post(self, request: HttpRequest) -> HttpResponse:
        form, state = ViewForm(request.POST, user=self.user), self.state(self.query(request))
        if state.rule_error:
            form.add_error(None, state.rule_error)
        if not form.is_valid():
            return self.form_page(form, self.query(request).urlencode(), status=422)
        values = {**form.cleaned_data, **content(state)}
        try:
            view = submit_once(
                actor=self.user,
                sent=sent_form(request),
                create=lambda: view_create(actor=self.user, kind=self.kind, values=values),
            )
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.form_page(form, self.query(request).urlencode(), status=422)
        messages.success(request, _("Saved as %s.") % view.name)
        return self.open_view(view)

    def form_page(self, form: ViewForm, query: str, status: int = 200) -> HttpResponse:
        context = {"form": form, "kind": self.kind, "query": query, "view": None}
        return render_dialog(self.request, "crm/view_form.html", context, status=status)


class ViewSaveView(ListPart):
    """Keeps what the list shows now in the view that is open."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = self.view_or_404(pk)
        state = self.state(self.query(request))
        if not state.rule_error:
            view_edit(actor=self.user, view=view, values=content(state))
            arrange(actor=self.user, kind=self.kind, view=view, columns=[])
            messages.success(request, _("%s was saved.") % view.name)
        return self.open_view(view)


class ViewEditView(ListPart):
    """Name and sharing of a view."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = self.view_or_404(pk)
        initial = {"name": view.name, "share": view.share, "team": view.team_id}
        return self.form_page(ViewForm(initial=initial, user=self.user), view)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = self.view_or_404(pk)
        form = ViewForm(request.POST, user=self.user)
        if not form.is_valid():
            return self.form_page(form, view, status=422)
        try:
            view_edit(actor=self.user, view=view, values=form.cleaned_data)
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.form_page(form, view, status=422)
        return self.open_view(view)

    def form_page(self, form: ViewForm, view: View, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "kind": self.kind,
            "view": view,
            "may_edit": may_edit_view(self.user, view),
            "default": defaults(self.user, self.kind.key).get(view.pk),
        }
        return render_dialog(self.request, "crm/view_form.html", context, status=status)


class ViewDeleteView(ListPart):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = view_delete(actor=self.user, view=self.view_or_404(pk))
        undo = reverse("lists:view-restore", args=[self.kind.slug, view.pk])
        undo_message(request, _("%s was deleted.") % view.name, undo)
        return self.open_view(None)


class ViewRestoreView(ListPart):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = View.objects.filter(pk=pk, kind=self.kind.key, deleted_at__isnull=False).first()
        if view is None:
            raise Http404
        return self.open_view(view_restore(actor=self.user, view=view))


class ViewPinView(ListPart):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.open_view(view_pin(actor=self.user, view=self.view_or_404(pk)))


class ViewUnpinView(ListPart):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.open_view(view_unpin(actor=self.user, view=self.view_or_404(pk)))


class ViewDefaultView(ListPart):
    """The list opens with this view from now on; `clear` opens it with everything again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = self.view_or_404(pk)
        clear = "clear" in request.POST
        view_set_default(actor=self.user, kind=self.kind, view=None if clear else view)
        opens = default_view(self.user, self.kind.key)
        text = _("The list opens with %s.") % opens.name if opens else _("The list opens with everything.")
        messages.success(request, text)
        return self.open_view(view)


class ViewRolesView(ListPart):
    """For the holders of which roles the list opens with this view."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = self.view_or_404(pk)
        require(self.user, RULE_ROLES)
        return self.form_page(ViewRolesForm(user=self.user, view=view), view)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = self.view_or_404(pk)
        require(self.user, RULE_ROLES)
        form = ViewRolesForm(request.POST, user=self.user, view=view)
        if not form.is_valid():
            return self.form_page(form, view, status=422)
        roles, share = form.cleaned_data["roles"], form.cleaned_data.get("share", False)
        try:
            view_set_roles(actor=self.user, view=view, roles=roles, share=share)
        except ValidationError as fault:
            form.refuse(fault)
            return self.form_page(form, view, status=422)
        names = ", ".join(map(str, roles))
        text = _("The list opens with %(view)s for %(roles)s.") % {"view": view.name, "roles": names}
        none = _("%s opens the list for no role.") % view.name
        messages.success(request, text if roles else none)
        return self.open_view(view)

    def form_page(self, form: ViewRolesForm, view: View, status: int = 200) -> HttpResponse:
        context = {"form": form, "kind": self.kind, "view": view}
        return render_dialog(self.request, "crm/view_roles.html", context, status=status)


class ArrangeView(ListPart):
    """GET the menu of columns, POST the chosen ones: `columns` as JSON, or one `column` each without a script."""

    def get(self, request: HttpRequest) -> HttpResponse:
        state = self.state(request.GET)
        shown = [column.field for column in state.columns]
        rest = [field for field in state.fields.values() if field.is_column and field not in shown]
        context = {
            "kind": self.kind,
            "state": state,
            "shown": shown,
            "rest": sorted(rest, key=lambda field: field.title.casefold()),
            "query": request.GET.urlencode(),
        }
        return render(request, "crm/list_columns.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        state = self.state(self.query(request))
        arrange(actor=self.user, kind=self.kind, view=state.view, columns=self.columns(request))
        if is_fragment(request):
            return HttpResponse(status=204)
        return redirect(self.list_url(self.query(request).urlencode()))

    def columns(self, request: HttpRequest) -> list[tuple[str, int]]:
        if "reset" in request.POST:
            return []
        if "columns" not in request.POST:
            return read_chosen(list(request.POST.getlist("column")))
        try:
            return read_chosen(json.loads(request.POST["columns"][:8_000]))
        except (ValueError, RecursionError):
            return []
