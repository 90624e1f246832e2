"""The settings of record layouts: which there are, and the editor of one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.models import Role
from crm.access.preview import may_see_as
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.layouts.forms import LayoutForm
from crm.layouts.models import RecordLayout
from crm.layouts.offers import arranged_kinds, declared_arrangement
from crm.layouts.page import drawn_page, gone_words, role_links
from crm.layouts.selectors import arrangement_of, full_offer
from crm.layouts.services import layout_edit, layout_reset, layout_restore
from crm.records.errors import StaleRecord
from crm.records.history import history_rows
from crm.records.kinds import Kind, kind_at, kinds
from crm.records.undo import undo_message


class LayoutsView(ProtectedView):
    """Every kind of record with the roles that have a layout of their own."""

    permission = "layouts.view_layout"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(RecordLayout.objects.filter(deleted_at=None))
        roles = list(Role.objects.all())
        groups = [{"kind": kind, "links": role_links(kind, roles, rows)} for kind in arranged_kinds()]
        return render(request, "layouts/layouts.html", {"groups": groups})


class LayoutEditView(ProtectedView):
    """The layout for everybody."""

    permission = "layouts.view_layout"

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        return self.edit(arranged_kind(kind), None)

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        return self.store(arranged_kind(kind), None)

    def edit(self, kind: Kind, role: Role | None) -> HttpResponse:
        return self.page(kind, role, self.form(kind, role))

    def store(self, kind: Kind, role: Role | None) -> HttpResponse:
        if not allowed(self.user, "layouts.edit_layout"):
            raise PermissionDenied
        form = self.form(kind, role, self.request.POST)
        if not form.is_valid():
            return self.page(kind, role, form, status=422)
        try:
            version = form.cleaned_data["version"]
            layout_edit(
                actor=self.user, kind=kind, role=role, arrangement=form.arrangement(), version=version
            )
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(kind, role, form, status=422)
        except StaleRecord:
            both = form.rebase(self.form(kind, role))
            return self.page(kind, role, form, status=409, both=both)
        messages.success(self.request, _("Saved. It counts from everybody's next page on."))
        return redirect(address(kind, role))

    def form(self, kind: Kind, role: Role | None, data: Any = None) -> LayoutForm:
        """It begins with what holds today: the layout itself, else everybody's, else the declaration."""
        own, everybody = held(kind, role), held(kind, None)
        row = next((row for row in (own, everybody) if row and row.deleted_at is None), None)
        return LayoutForm(
            data,
            offer=full_offer(kind),
            held=arrangement_of(row) if row else declared_arrangement(kind),
            version=own.version if own else 0,
        )

    def page(
        self, kind: Kind, role: Role | None, form: LayoutForm, status: int = 200, both: set[str] | None = None
    ) -> HttpResponse:
        row = held(kind, role)
        own = row if row and row.deleted_at is None else None
        rows = list(RecordLayout.objects.filter(kind=kind.key, deleted_at=None))
        context = {
            "kind": kind,
            "role": role,
            "form": form,
            "own": own,
            "links": role_links(kind, list(Role.objects.all()), rows, role),
            "gone": gone_words(own, form.offer) if own else [],
            "can_edit": allowed(self.user, "layouts.edit_layout"),
            "can_preview": role is not None and may_see_as(self.user, role),
            "both_changed": None if both is None else [form[name] for name in sorted(both)],
            "history": history_rows(self.user, row, limit=20) if row else [],
            **drawn_page(form),
        }
        return render(self.request, "layouts/layout.html", context, status=status)


class RoleLayoutEditView(LayoutEditView):
    """The layout for those who hold a role."""

    def get(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:  # type: ignore[override]
        return self.edit(arranged_kind(kind), get_object_or_404(Role, pk=pk))

    def post(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:  # type: ignore[override]
        return self.store(arranged_kind(kind), get_object_or_404(Role, pk=pk))


class LayoutResetView(ProtectedView):
    permission = "layouts.reset_layout"
    belongs_to = "layouts:list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        layout = layout_reset(actor=self.user, layout=layout_find(pk))
        undo_message(request, _("The layout was reset."), reverse("layouts:restore", args=[layout.pk]))
        return redirect(address(kinds()[layout.kind], layout.role))


class LayoutRestoreView(ProtectedView):
    permission = "layouts.restore_layout"
    belongs_to = "layouts:list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        layout = layout_restore(actor=self.user, layout=layout_find(pk, deleted=True))
        return redirect(address(kinds()[layout.kind], layout.role))


def held(kind: Kind, role: Role | None) -> RecordLayout | None:
    """The row of this kind and role, also one that was reset."""
    return RecordLayout.objects.filter(kind=kind.key, role=role).first()


def layout_find(pk: int, *, deleted: bool = False) -> RecordLayout:
    """Raises Http404, also for a layout of a kind that is no more."""
    known = [kind.key for kind in arranged_kinds()]
    rows = RecordLayout.objects.filter(kind__in=known, deleted_at__isnull=not deleted)
    return get_object_or_404(rows, pk=pk)


def arranged_kind(slug: str) -> Kind:
    found = kind_at(slug)
    if found not in arranged_kinds():
        raise Http404
    return found


def address(kind: Kind, role: Role | None) -> str:
    if role is None:
        return reverse("layouts:edit", args=[kind.slug])
    return reverse("layouts:edit-role", args=[kind.slug, role.pk])
