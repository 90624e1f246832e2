"""Choosing an action for many records, watching it, taking it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.views import ProtectedView
from crm.bulk.actions import ListAction, action_at, list_actions
from crm.bulk.export import export_ask
from crm.bulk.models import BulkRun
from crm.bulk.services import counts, run_ask_undo, run_create
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.jobs.models import Job
from crm.jobs.selectors import newest_job
from crm.jobs.views import read_pause
from crm.lists.count import list_count
from crm.lists.filters import readable_id
from crm.lists.kind_view import KindView
from crm.records.kinds import kinds
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once

MOST_IDS = 1_000
#: parameters that say what is selected, not which list it is
SELECTION = ("id", "all")


class SelectionView(KindView):
    """The address is that of the list, with `id` for each selected row or `all` for every one of its results."""

    def selected(self) -> dict[str, Any]:
        """{"ids": [...]} or {"query": ...}; Http404 when nothing is selected."""
        params = self.request.GET
        if "all" in params:
            return {"query": self.list_query()}
        ids = [int(pk) for pk in params.getlist("id")[:MOST_IDS] if readable_id(pk)]
        if not ids:
            raise Http404
        return {"ids": ids}

    def list_query(self) -> str:
        query = self.request.GET.copy()
        for name in SELECTION:
            query.pop(name, None)
        return query.urlencode()

    def list_url(self) -> str:
        query = self.list_query()
        return reverse(self.kind.list_url) + (f"?{query}" if query else "")

    def go(self, target: str) -> HttpResponse:
        return (
            HttpResponse(headers={"HX-Redirect": target}) if is_fragment(self.request) else redirect(target)
        )

    def count(self, verb: str) -> str:
        """How many records the action would reach, as far as that is counted at once."""
        selected = self.selected()
        rows = self.kind.visible(self.user, verb)
        if "ids" in selected:
            return str(rows.filter(pk__in=selected["ids"]).count())
        state = self.state(QueryDict(selected["query"]))
        return list_count(state.rows().filter(pk__in=rows.values("pk")), self.user)


class BulkView(SelectionView):
    """GET the form of an action, POST begins it."""

    def get(self, request: HttpRequest, action: str) -> HttpResponse:
        found = action_at(action, self.user, self.kind)
        return self.page(found, found.form(self.user, self.kind))

    def post(self, request: HttpRequest, action: str) -> HttpResponse:
        found = action_at(action, self.user, self.kind)
        form = found.form(self.user, self.kind, request.POST)
        if not form.is_valid():
            return self.page(found, form, status=422)
        try:
            run = submit_once(
                actor=self.user, sent=sent_form(request), create=lambda: self.begin(found, form)
            )
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(found, form, status=422)
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.page(found, form, status=422)
        if run.finished_at is None:
            return self.go(reverse("bulk:run", args=[run.pk]))
        tell(request, run)
        return self.go(self.list_url())

    def begin(self, action: ListAction, form: Form) -> BulkRun:
        return run_create(
            actor=self.user,
            kind=self.kind,
            action=action,
            params=action.params(form),
            selection=self.selected(),
        )

    def page(self, action: ListAction, form: Form, status: int = 200) -> HttpResponse:
        context = {
            "action": action,
            "form": form,
            "kind": self.kind,
            "count": self.count(action.verb),
            "address": self.request.get_full_path(),
            "list_url": self.list_url(),
        }
        return render_dialog(self.request, "crm/bulk/form.html", context, status=status)


class ExportView(SelectionView):
    """Lets a job write the file, and leads to it."""

    action = "export"

    def post(self, request: HttpRequest) -> HttpResponse:
        selected = self.selected()
        job = export_ask(actor=self.user, kind=self.kind, query=self.list_query(), ids=selected.get("ids"))
        return self.go(reverse("jobs:record", args=[job.pk]))


def tell(request: HttpRequest, run: BulkRun) -> None:
    """What a run that is over has done, with Undo."""
    found = counts(run)
    text = ngettext("%(words)s: %(count)s record.", "%(words)s: %(count)s records.", found["changed"]) % {
        "words": run.words,
        "count": found["changed"],
    }
    action = list_actions()[run.action]
    if found["skipped"] and action.left_out:
        text += " " + _("Left out: %(count)s (%(why)s).") % {
            "count": f"{found['skipped']:,}",
            "why": action.left_out,
        }
    if found["changed"] and action.can_undo:
        undo_message(request, text, reverse("bulk:undo", args=[run.pk]))
    else:
        messages.success(request, text)


def run_find(view: ProtectedView, pk: int) -> BulkRun:
    """One's own runs alone. Raises Http404."""
    found = BulkRun.objects.filter(pk=pk, actor=view.user).exclude(action="export").first()
    if found is None:
        raise Http404
    return found


class RunView(ProtectedView):
    """How far a run is; while it is not over the page asks again, with growing pauses."""

    permission = None

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run, pause = run_find(self, pk), read_pause(request.GET.get("pause", ""))
        job = newest_job("bulk.undo" if run.undo_asked_at else "bulk.run", run.pk)
        is_open, action = job is not None and not job.is_over, list_actions()[run.action]
        context = {
            "run": run,
            "kind": kinds()[run.kind],
            "job": job,
            "is_open": is_open,
            "counts": counts(run),
            "can_undo": not is_open and not run.undo_asked_at and action.can_undo,
            "action": action,
            "more": action.page(run.params),
            "is_dead": job is not None and job.state == Job.State.DEAD,
            "next_pause": min(2 * pause, 20),
            "pause": pause,
        }
        template = "crm/bulk/run.html"
        return render(request, f"{template}#run" if is_fragment(request) else template, context)


class UndoView(ProtectedView):
    permission = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = run_find(self, pk)
        try:
            run = run_ask_undo(actor=self.user, run=run)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
            return redirect("bulk:run", run.pk)
        if run.undone_at is None:
            return redirect("bulk:run", run.pk)
        kept = counts(run)["kept"]
        text = _("Undone.")
        if kept:
            text = (
                ngettext(
                    "Undone, but for %s record that was changed again.",
                    "Undone, but for %s records that were changed again.",
                    kept,
                )
                % kept
            )
        messages.success(request, text)
        return redirect(kinds()[run.kind].list_url)
