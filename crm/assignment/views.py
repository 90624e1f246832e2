"""The pages of pools: who shares incoming work, and whose turn it is."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.assignment.forms import MemberForm, PoolForm
from crm.assignment.models import Pool, PoolMember
from crm.assignment.selectors import member_find, pool_find, pools, standing
from crm.assignment.services import member_remove, member_set, pool_create, pool_delete, pool_edit
from crm.records.errors import StaleRecord
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class PoolListView(ProtectedView):
    permission = "assignment.view_pool"

    def get(self, request: HttpRequest) -> HttpResponse:
        can_create = allowed(self.user, "assignment.create_pool")
        return render(
            request, "assignment/pool_list.html", {"rows": pools(self.user), "can_create": can_create}
        )


class PoolCreateView(ProtectedView):
    permission = "assignment.create_pool"

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "assignment/pool_create.html", {"form": PoolForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PoolForm(request.POST)
        if form.is_valid():
            try:
                pool = submit_once(
                    actor=self.user,
                    sent=sent_form(request),
                    create=lambda: pool_create(actor=self.user, **form.values()),
                )
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return redirect("assignment:pool", pool.pk)
        return render(request, "assignment/pool_create.html", {"form": form}, status=422)


class PoolView(ProtectedView):
    permission = "assignment.view_pool"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        pool = pool_find(self.user, pk)
        return pool_page(self, pool, PoolForm(pool=pool))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        pool = pool_find(self.user, pk)
        if not allowed(self.user, "assignment.edit_pool"):
            raise PermissionDenied
        form = PoolForm(request.POST, pool=pool)
        if not form.is_valid():
            return pool_page(self, pool, form, status=422)
        try:
            pool_edit(actor=self.user, pool=pool, values=form.values(), version=form.cleaned_data["version"])
        except ValidationError as fault:
            form.add_error(None, fault)
            return pool_page(self, pool, form, status=422)
        except StaleRecord as fault:
            both = form.rebase(PoolForm(pool=fault.current))
            return pool_page(self, fault.current, form, status=409, both=both)
        messages.success(request, _("Saved."))
        return redirect("assignment:pool", pool.pk)


def pool_page(
    view: ProtectedView,
    pool: Pool,
    form: PoolForm,
    *,
    member_form: MemberForm | None = None,
    status: int = 200,
    both: set[str] | None = None,
) -> HttpResponse:
    members = standing(pool)
    context: dict[str, Any] = {
        "pool": pool,
        "form": form,
        "members": members,
        "next": next_of(pool, members),
        "member_form": member_form or MemberForm(pool=pool),
        "can_edit": allowed(view.user, "assignment.edit_pool"),
        "can_delete": allowed(view.user, "assignment.delete_pool"),
        "both_changed": None if both is None else [form[name] for name in sorted(both)],
    }
    return render(view.request, "assignment/pool.html", context, status=status)


def next_of(pool: Pool, members: list[PoolMember]) -> PoolMember | None:
    """Whose turn it is; by load nobody knows before the work is there."""
    if pool.rule != Pool.Rule.TURNS:
        return None
    return next((member for member in members if not member.is_out), None)  # type: ignore[attr-defined]


class PoolDeleteView(ProtectedView):
    permission = "assignment.delete_pool"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        pool = pool_delete(actor=self.user, pool=pool_find(self.user, pk))
        messages.success(request, _("%s is deleted.") % pool)
        return redirect("assignment:pool-list")


class MemberAddView(ProtectedView):
    permission = "assignment.edit_pool"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        pool = pool_find(self.user, pk)
        form = MemberForm(request.POST, pool=pool)
        if not form.is_valid():
            return pool_page(self, pool, PoolForm(pool=pool), member_form=form, status=422)
        member_set(actor=self.user, pool=pool, **form.values())
        return redirect("assignment:pool", pk)


class MemberView(ProtectedView):
    """What one member takes."""

    permission = "assignment.edit_pool"

    def get(self, request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
        pool = pool_find(self.user, pk)
        member = member_find(pool, member_pk)
        return self.page(request, pool, member, MemberForm(pool=pool, member=member))

    def post(self, request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
        pool = pool_find(self.user, pk)
        member = member_find(pool, member_pk)
        form = MemberForm(request.POST, pool=pool, member=member)
        if not form.is_valid():
            return self.page(request, pool, member, form, status=422)
        try:
            member_set(actor=self.user, pool=pool, user=member.user, **form.values())
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(request, pool, member, form, status=422)
        messages.success(request, _("Saved."))
        return redirect("assignment:pool", pk)

    def page(
        self, request: HttpRequest, pool: Pool, member: PoolMember, form: MemberForm, status: int = 200
    ) -> HttpResponse:
        context = {"pool": pool, "member": member, "form": form}
        return render(request, "assignment/member.html", context, status=status)


class MemberRemoveView(ProtectedView):
    permission = "assignment.edit_pool"

    def post(self, request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
        pool = pool_find(self.user, pk)
        member = member_find(pool, member_pk)
        member_remove(actor=self.user, member=member)
        messages.success(request, _("%s is out of the pool.") % member.user)
        return redirect("assignment:pool", pk)
