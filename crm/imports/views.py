"""The pages of imports: list, upload, matching columns, report and progress, bad rows as a file."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.fragments import is_fragment
from crm.imports.choices import CHECKABLE_STATES, RunState
from crm.imports.forms import UploadForm
from crm.imports.guessing import guessed_mapping
from crm.imports.kinds import kind_of
from crm.imports.models import ImportRun
from crm.imports.reading import UnreadableFile, sample
from crm.imports.selectors import has_stopped, run_find, run_job, run_problems, runs
from crm.imports.services import run_cancel, run_check, run_create, run_mean, run_start, run_undo
from crm.staff.models import User
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once

RUNS_SHOWN = 100
PROBLEMS_SHOWN = 200


class ImportListView(ProtectedView):
    permission = "imports.view_import"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(runs(self.user)[:RUNS_SHOWN])
        count = ngettext("%(count)d import", "%(count)d imports", len(rows)) % {"count": len(rows)}
        can_create = allowed(self.user, "imports.create_import")
        return render(
            request, "imports/import_list.html", {"rows": rows, "count_text": count, "can_create": can_create}
        )


class ImportCreateView(ProtectedView):
    permission = "imports.create_import"
    upload_limit = "UPLOAD_LIMIT_BYTES"

    def get(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(user=self.user, initial={"kind": request.GET.get("kind", "")})
        return render(request, "imports/import_upload.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES, user=self.user)
        if form.is_valid():
            try:
                run = self.save(form.cleaned_data)
            except UnreadableFile as fault:
                form.add_error(
                    "file", _("Row %(row)d: %(message)s") % {"row": fault.row, "message": fault.message}
                )
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return redirect("imports:record", run.pk)
        return render(request, "imports/import_upload.html", {"form": form}, status=422)

    def save(self, values: dict[str, Any]) -> ImportRun:
        return submit_once(
            actor=self.user,
            sent=sent_form(self.request),
            create=lambda: run_create(
                actor=self.user, kind=values["kind"], source=values["source"], upload=values["file"]
            ),
        )


class ImportRecordView(ProtectedView):
    permission = "imports.view_import"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = run_find(self.user, pk)
        if run.state == RunState.UPLOADED or ("columns" in request.GET and rights(self.user, run)["map"]):
            return mapping_page(request, run)
        template = "imports/import_record.html"
        context = record_context(self.user, run)
        return render(request, f"{template}#progress" if is_fragment(request) else template, context)


def rights(user: User, run: ImportRun) -> dict[str, bool]:
    """What the person may do with the run in the state it is in."""
    may = allowed(user, "imports.create_import", run)
    return {
        "start": may and run.can_start and (not run.bad or run.skip_bad),
        "start_skipping": may and run.can_start and bool(run.bad) and not run.skip_bad,
        "map": may and bool(run.file) and (run.state in CHECKABLE_STATES or has_stopped(run)),
        "cancel": may and run.state == RunState.RUNNING,
        "undo": allowed(user, "imports.undo_import", run) and run.can_undo,
    }


def record_context(user: User, run: ImportRun) -> dict[str, Any]:
    problems = list(run_problems(run, PROBLEMS_SHOWN))
    return {
        "run": run,
        "job": run_job(run),
        "can": rights(user, run),
        "expected": {"new": run.new, "new_customers": run.new_customers} if run.total else None,
        "problems": problems,
        "problems_more": max(0, run.problems_count - len(problems)),
        "unknown": kind_of(run).unknown(run) if rights(user, run)["map"] and run.problems_count else [],
        "bad_rows_url": reverse("imports:bad-rows", args=[run.pk]) if run.bad_rows else "",
    }


def mapping_page(request: HttpRequest, run: ImportRun, error: str = "", status: int = 200) -> HttpResponse:
    names, rows = sample(run.file.path)
    fields = kind_of(run).fields
    mapping = run.mapping or guessed_mapping(names, fields)
    columns = [
        {
            "name": name or _("Column %(number)d") % {"number": place + 1},
            "field": mapping.get(name, ""),
            "samples": [cells[place] for cells in rows if place < len(cells) and cells[place].strip()][:3],
        }
        for place, name in enumerate(names)
    ]
    context = {"run": run, "columns": columns, "fields": fields, "error": error}
    return render(request, "imports/import_mapping.html", context, status=status)


class ImportCheckView(ProtectedView):
    permission = "imports.create_import"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = run_find(self.user, pk)
        if not rights(self.user, run)["map"]:
            messages.error(request, _("This import was already started."))
            return redirect("imports:record", run.pk)
        chosen = [(name, request.POST.get(f"column-{place}", "")) for place, name in enumerate(run.columns)]
        try:
            run_check(actor=self.user, run=run, mapping=chosen)
        except ValidationError as fault:
            return mapping_page(request, run, " ".join(fault.messages), status=422)
        return redirect("imports:record", run.pk)


class ImportMeaningsView(ProtectedView):
    """What unknown texts of the file mean: `text-N` was found, `key-N` was chosen for it."""

    permission = "imports.create_import"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = run_find(self.user, pk)
        if not rights(self.user, run)["map"]:
            messages.error(request, _("This import was already started."))
            return redirect("imports:record", run.pk)
        meanings: dict[str, dict[str, int]] = {}
        for place, item in enumerate(kind_of(run).unknown(run)):
            chosen = request.POST.get(f"key-{place}", "")
            known = {str(key): key for key, _name in item.options}
            if request.POST.get(f"text-{place}") == item.text and chosen in known:
                meanings.setdefault(item.field.name, {})[item.text] = known[chosen]
        try:
            run_mean(actor=self.user, run=run, meanings=meanings)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return redirect("imports:record", run.pk)


class ImportVerbView(ProtectedView):
    """A verb on a run, by POST; a refusal is told on the run's page."""

    permission = "imports.create_import"

    def act(self, run: ImportRun) -> object:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = run_find(self.user, pk)
        try:
            self.act(run)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return redirect("imports:record", run.pk)


class ImportStartView(ImportVerbView):
    def act(self, run: ImportRun) -> object:
        return run_start(actor=self.user, run=run, skip_bad=bool(self.request.POST.get("skip_bad")))


class ImportCancelView(ImportVerbView):
    def act(self, run: ImportRun) -> object:
        return run_cancel(actor=self.user, run=run)


class ImportUndoView(ImportVerbView):
    permission = "imports.undo_import"

    def act(self, run: ImportRun) -> object:
        return run_undo(actor=self.user, run=run)


class ImportBadRowsView(ProtectedView):
    permission = "imports.view_import"

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        run = run_find(self.user, pk)
        if not run.bad_rows:
            raise Http404
        name = f"bad rows of {run.filename}"
        return FileResponse(
            run.bad_rows.open("rb"), as_attachment=True, filename=name, content_type="text/csv"
        )
