"""The tree of teams: making, renaming, moving, emptying and deleting them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.jobs.selectors import newest_job
from crm.records.errors import StaleRecord
from crm.staff.forms import SuccessorForm, TeamForm
from crm.staff.models import Team
from crm.staff.selectors import root_team, team_tree
from crm.staff.services.teams import team_create, team_delete, team_edit, team_empty
from crm.staff.team_rows import rows_of, total
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class TeamListView(ProtectedView):
    permission = "staff.view_team"

    def get(self, request: HttpRequest) -> HttpResponse:
        active = Count("members", filter=Q(members__is_active=True))
        members = dict(Team.objects.annotate(people=active).values_list("pk", "people"))
        nodes = [{"node": node, "people": members.get(node.team.pk, 0)} for node in team_tree()]
        can_create = allowed(self.user, "staff.create_team")
        return render(request, "staff/teams.html", {"nodes": nodes, "can_create": can_create})


class TeamCreateView(ProtectedView):
    permission = "staff.create_team"

    def get(self, request: HttpRequest) -> HttpResponse:
        parent = request.GET.get("parent") or root_team().pk
        return render(request, "staff/team_form.html", {"form": TeamForm(initial={"parent": parent})})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TeamForm(request.POST)
        if form.is_valid():
            values = {name: form.cleaned_data[name] for name in ("name", "parent")}
            try:
                submit_once(
                    actor=self.user,
                    sent=sent_form(request),
                    create=lambda: team_create(actor=self.user, **values),
                )
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return redirect("staff:teams")
        return render(request, "staff/team_form.html", {"form": form}, status=422)


class TeamView(ProtectedView):
    permission = "staff.view_team"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        team = get_object_or_404(Team, pk=pk)
        return self.page(request, team, TeamForm(team=team))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        team = get_object_or_404(Team, pk=pk)
        if not allowed(self.user, "staff.edit_team"):
            raise PermissionDenied
        form = TeamForm(request.POST, team=team)
        if not form.is_valid():
            return self.page(request, team, form, status=422)
        asked = ("name", "parent")
        values: dict[str, Any] = {name: form.cleaned_data[name] for name in asked if name in form.fields}
        try:
            team_edit(actor=self.user, team=team, values=values, version=form.cleaned_data["version"])
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(request, team, form, status=422)
        except StaleRecord as fault:
            both = form.rebase(TeamForm(team=fault.current))
            return self.page(request, fault.current, form, status=409, both=both)
        messages.success(request, _("Saved."))
        return redirect("staff:teams")

    def page(
        self,
        request: HttpRequest,
        team: Team,
        form: TeamForm,
        status: int = 200,
        both: set[str] | None = None,
    ) -> HttpResponse:
        context = {
            "team": team,
            "form": form,
            "members": team.members.order_by("name", "pk"),
            "can_edit": allowed(self.user, "staff.edit_team"),
            "can_delete": allowed(self.user, "staff.delete_team") and team.parent_id is not None,
            "both_changed": None if both is None else [form[name] for name in sorted(both)],
        }
        return render(request, "staff/team.html", context, status=status)


class TeamDeleteView(ProtectedView):
    """Says what belongs to the team and where it goes, before it happens."""

    permission = "staff.delete_team"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        team = get_object_or_404(Team, pk=pk)
        return team_delete_page(request, team, SuccessorForm(team=team))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        team = get_object_or_404(Team, pk=pk)
        form = SuccessorForm(request.POST, team=team)
        if form.is_valid():
            try:
                team_delete(actor=self.user, team=team, successor=form.cleaned_data["successor"])
            except ValidationError as fault:
                form.add_error(None, fault)
            else:
                messages.success(request, _("%(name)s is deleted.") % {"name": team})
                return redirect("staff:teams")
        return team_delete_page(request, team, form, status=422)


def team_delete_page(
    request: HttpRequest, team: Team, form: SuccessorForm, status: int = 200
) -> HttpResponse:
    rows = rows_of(team)
    job = newest_job("staff.empty_team", team.pk)
    context: dict[str, Any] = {
        "team": team,
        "form": form,
        "rows": rows,
        "total": total(rows),
        "members": team.members.count(),
        "children": list(team.children.all()),
        "job": job if job and not job.is_over else None,
    }
    return render(request, "staff/team_delete.html", context, status=status)


class TeamEmptyView(ProtectedView):
    permission = "staff.edit_team"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        team = get_object_or_404(Team, pk=pk)
        form = SuccessorForm(request.POST, team=team)
        if form.is_valid():
            try:
                job = team_empty(actor=self.user, team=team, successor=form.cleaned_data["successor"])
            except ValidationError as fault:
                form.add_error(None, fault)
            else:
                return redirect("jobs:record", job.pk)
        return team_delete_page(request, team, form, status=422)
