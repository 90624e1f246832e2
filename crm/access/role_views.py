"""The pages of roles: list, new, matrix, deletion; and seeing the program as somebody else."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from crm.access.delegation import may_give
from crm.access.grants import ADMINISTRATOR
from crm.access.history import ACTION_WORDS
from crm.access.models import Role
from crm.access.preview import preview_begin, preview_end
from crm.access.role_forms import NameForm, ReplacementForm, RoleForm
from crm.access.roles import role_create, role_delete, role_edit
from crm.access.scopes import ACTIONS
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.lists.filters import readable_id
from crm.records.errors import StaleRecord
from crm.records.history import history_rows
from crm.staff.models import User
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class RoleListView(ProtectedView):
    permission = "access.view_role"

    def get(self, request: HttpRequest) -> HttpResponse:
        roles = Role.objects.annotate(people=Count("users"))
        can_create = allowed(self.user, "access.create_role")
        return render(request, "access/roles.html", {"roles": roles, "can_create": can_create})


class RoleCreateView(ProtectedView):
    permission = "access.create_role"

    def get(self, request: HttpRequest) -> HttpResponse:
        source = request.GET.get("source", "")
        initial = {"source": source} if readable_id(source) else {}
        return render(request, "access/role_form.html", {"form": NameForm(initial=initial)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NameForm(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            try:
                role = submit_once(
                    actor=self.user,
                    sent=sent_form(request),
                    create=lambda: role_create(actor=self.user, **values),
                )
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return redirect("access:role", role.pk)
        return render(request, "access/role_form.html", {"form": form}, status=422)


class RoleView(ProtectedView):
    permission = "access.view_role"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        role = get_object_or_404(Role, pk=pk)
        return self.page(request, role, RoleForm(role=role))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        role = get_object_or_404(Role, pk=pk)
        if not allowed(self.user, "access.edit_role"):
            raise PermissionDenied
        form = RoleForm(request.POST, role=role)
        if not form.is_valid():
            return self.page(request, role, form, status=422)
        try:
            self.save(role, form)
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(request, role, form, status=422)
        except StaleRecord:
            current = get_object_or_404(Role, pk=pk)
            both = form.rebase(RoleForm(role=current))
            return self.page(request, current, form, status=409, both=both)
        messages.success(request, _("Saved. It counts from everybody's next page on."))
        return redirect("access:role", role.pk)

    def save(self, role: Role, form: RoleForm) -> Role:
        return role_edit(
            actor=self.user,
            role=role,
            name=form.cleaned_data["name"],
            matrix=form.matrix(),
            levels=form.levels(),
            version=form.cleaned_data["version"],
        )

    def page(
        self,
        request: HttpRequest,
        role: Role,
        form: RoleForm,
        status: int = 200,
        both: set[str] | None = None,
    ) -> HttpResponse:
        is_administrator = role.key == ADMINISTRATOR
        may_edit = allowed(self.user, "access.edit_role")
        context = {
            "role": role,
            "form": form,
            "actions": [ACTION_WORDS[action] for action in ACTIONS],
            "people": role.users.order_by("name", "pk"),
            "is_administrator": is_administrator,
            "can_edit": may_edit and not is_administrator,
            "can_copy": allowed(self.user, "access.create_role"),
            "can_delete": allowed(self.user, "access.delete_role") and not is_administrator,
            "can_preview": may_edit and may_give(self.user, [role]),
            "both_changed": None if both is None else [form[name] for name in sorted(both)],
            "history": history_rows(self.user, role, limit=20),
        }
        return render(request, "access/role.html", context, status=status)


class RoleDeleteView(ProtectedView):
    permission = "access.delete_role"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        role = get_object_or_404(Role, pk=pk)
        return self.page(request, role, ReplacementForm(role=role))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        role = get_object_or_404(Role, pk=pk)
        form = ReplacementForm(request.POST, role=role)
        if form.is_valid():
            try:
                role_delete(actor=self.user, role=role, replacement=form.cleaned_data["replacement"])
            except ValidationError as fault:
                form.add_error(None, fault)
            else:
                messages.success(request, _("%(name)s is deleted.") % {"name": role})
                return redirect("access:roles")
        return self.page(request, role, form, status=422)

    def page(
        self, request: HttpRequest, role: Role, form: ReplacementForm, status: int = 200
    ) -> HttpResponse:
        context: dict[str, Any] = {"role": role, "form": form, "people": role.users.order_by("name", "pk")}
        return render(request, "access/role_delete.html", context, status=status)


class PreviewView(ProtectedView):
    """Begins to see the program as a person or a role; GET of the address leads to the roles."""

    permission = "access.preview_role"
    belongs_to = "access:roles"

    def post(self, request: HttpRequest) -> HttpResponse:
        kind, pk = request.POST.get("kind", ""), request.POST.get("pk", "")
        key = int(pk) if readable_id(pk) else 0
        target: User | Role
        if kind == "person":
            target = get_object_or_404(User, pk=key, is_active=True)
        else:
            target = get_object_or_404(Role, pk=key)
        preview_begin(request=request, actor=self.user, target=target)
        return redirect("home")


class PreviewEndView(ProtectedView):
    permission = None
    belongs_to = "access:roles"

    def post(self, request: HttpRequest) -> HttpResponse:
        preview_end(request)
        return redirect("settings:index")
