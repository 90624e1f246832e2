"""The people who work here: list, account, deactivation and handing over."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from crm.access.delegation import may_rule
from crm.access.preview import may_see_as
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.fragments import is_fragment
from crm.jobs.selectors import newest_job
from crm.lists.count import COUNT_CAP
from crm.records.errors import StaleRecord
from crm.records.history import history_rows
from crm.staff.filters import PeopleFilter
from crm.staff.forms import HandOverForm, PersonForm
from crm.staff.models import Invite, User
from crm.staff.reassign import belongings
from crm.staff.services.handover import hand_over
from crm.staff.services.people import person_deactivate, person_edit, person_reactivate


class PeopleView(ProtectedView):
    permission = "staff.view_user"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = self.context(request)
        if not is_fragment(request):
            return render(request, "staff/people.html", context)
        response = render(request, "staff/people.html#results", context)
        response.write(render_to_string("crm/list_filters.html", context | {"beside": True}, request))
        return response

    def context(self, request: HttpRequest) -> dict[str, Any]:
        filters = PeopleFilter(request.GET, queryset=User.objects.all())
        filters.user = self.user
        rows = filters.qs.prefetch_related("teams", "roles")
        page = keyset_page(rows, request.GET, field="name", descending=False)
        count = filters.qs.order_by()[: COUNT_CAP + 1].count()
        return {
            **page.context(),
            **filters.context(),
            "q": request.GET.get("q", ""),
            "count_text": f"{min(count, COUNT_CAP):,}" + ("+" if count > COUNT_CAP else ""),
            "can_invite": allowed(self.user, "staff.invite_user"),
            "waiting": Invite.objects.filter(state=Invite.State.WAITING).count(),
        }


def person_of(pk: int) -> User:
    return get_object_or_404(User, pk=pk)


class PersonView(ProtectedView):
    """An account: read by those who may see people, changed by those who may edit them."""

    permission = "staff.view_user"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = person_of(pk)
        return self.page(request, person, PersonForm(person=person))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = person_of(pk)
        if not allowed(self.user, "staff.edit_user"):
            raise PermissionDenied
        form = PersonForm(request.POST, person=person)
        if not form.is_valid():
            return self.page(request, person, form, status=422)
        try:
            self.save(person, form.cleaned_data)
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(request, person_of(pk), form, status=422)
        except StaleRecord:
            current = person_of(pk)
            conflict = form.rebase(PersonForm(person=current))
            return self.page(request, current, form, status=409, conflict=conflict)
        messages.success(request, _("Saved."))
        return redirect("staff:person", person.pk)

    def save(self, person: User, values: dict[str, Any]) -> User:
        return person_edit(
            actor=self.user,
            person=person,
            values={name: values[name] for name in ("name", "email")},
            teams=values["teams"],
            roles=values["roles"],
            version=values["version"],
        )

    def page(
        self,
        request: HttpRequest,
        person: User,
        form: PersonForm,
        status: int = 200,
        conflict: set[str] | None = None,
    ) -> HttpResponse:
        can_edit = allowed(self.user, "staff.edit_user") and may_rule(self.user, person)
        context = {
            "person": person,
            "form": form,
            "can_edit": can_edit,
            "can_preview": person.is_active and person != self.user and may_see_as(self.user, person),
            "both_changed": None if conflict is None else [form[name] for name in sorted(conflict)],
            "history": history_rows(self.user, person, limit=20),
            **belongings_context(person),
        }
        return render(request, "staff/person.html", context, status=status)


def belongings_context(person: User, form: HandOverForm | None = None) -> dict[str, Any]:
    owned = belongings(person)
    job = newest_job("staff.hand_over", person.pk)
    return {
        "owned": owned,
        "owns": sum(item["count"] for item in owned),
        "hand_over_form": form or HandOverForm(person=person, required=True),
        "hand_over_job": job if job and not job.is_over else None,
    }


class PersonDeactivateView(ProtectedView):
    """Says what will happen and what the person owns, before it happens."""

    permission = "staff.deactivate_user"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = person_of(pk)
        return self.page(request, person, HandOverForm(person=person))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = person_of(pk)
        form = HandOverForm(request.POST, person=person)
        if not form.is_valid():
            return self.page(request, person, form, status=422)
        colleague = form.cleaned_data["colleague"]
        try:
            person_deactivate(actor=self.user, person=person)
            if colleague:
                hand_over(actor=self.user, person=person, colleague=colleague)
        except ValidationError as fault:
            form.add_error(None, " ".join(fault.messages))
            return self.page(request, person_of(pk), form, status=422)
        messages.success(request, _("%(name)s is signed out and can no longer sign in.") % {"name": person})
        return redirect("staff:person", person.pk)

    def page(self, request: HttpRequest, person: User, form: HandOverForm, status: int = 200) -> HttpResponse:
        context = {"person": person, **belongings_context(person, form)}
        return render(request, "staff/person_deactivate.html", context, status=status)


class PersonReactivateView(ProtectedView):
    permission = "staff.reactivate_user"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = person_reactivate(actor=self.user, person=person_of(pk))
        messages.success(request, _("%(name)s may sign in again.") % {"name": person})
        return redirect("staff:person", person.pk)


class HandOverView(ProtectedView):
    permission = "staff.edit_user"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = person_of(pk)
        form = HandOverForm(request.POST, person=person, required=True)
        if form.is_valid():
            try:
                hand_over(actor=self.user, person=person, colleague=form.cleaned_data["colleague"])
            except ValidationError as fault:
                messages.error(request, " ".join(fault.messages))
        else:
            messages.error(request, _("Choose a colleague who works here."))
        return redirect("staff:person", person.pk)
