"""Sequences: all of them, one with what came of it, and its editor."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.email_fields import labels
from crm.access.services import allowed, require
from crm.access.views import ProtectedView
from crm.lists.kind_view import read_version
from crm.records.errors import StaleRecord
from crm.records.history import history_rows
from crm.records.undo import undo_message
from sales.models import Sequence
from sales.pipeline_forms import refused
from sales.sequence_forms import SequenceForm, step_forms
from sales.sequence_selectors import enrolments, sequence_find, sequences, step_results, tallies
from sales.services.sequence import (
    sequence_create,
    sequence_delete,
    sequence_edit,
    sequence_restore,
    steps_of,
)

SHOWN = 8


class SequenceListView(ProtectedView):
    permission = "sales.view_sequence"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(sequences(self.user))
        counted = tallies(self.user, rows)
        context = {
            "rows": [(row, counted[row.pk]) for row in rows],
            "can_create": allowed(self.user, "sales.create_sequence"),
        }
        return render(request, "sales/sequence_list.html", context)


class SequenceRecordView(ProtectedView):
    permission = "sales.view_sequence"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        sequence = sequence_find(self.user, pk)
        inside = enrolments(self.user).filter(sequence=sequence)
        context = {
            "sequence": sequence,
            "tally": tallies(self.user, [sequence])[sequence.pk],
            "results": step_results(self.user, sequence, steps_of(sequence)),
            "paused": inside.filter(state="paused").order_by("-updated_at")[:SHOWN],
            "next_ones": inside.filter(state="active", due_at__isnull=False).order_by("due_at", "pk")[:SHOWN],
            "can": {
                "edit": allowed(self.user, "sales.edit_sequence", sequence),
                "delete": allowed(self.user, "sales.delete_sequence", sequence),
                "create": allowed(self.user, "sales.create_sequence"),
            },
            "history": history_rows(self.user, sequence),
        }
        return render(request, "sales/sequence_record.html", context)


class SequenceEditor(ProtectedView):
    """The form of a sequence with its steps."""

    def page(
        self,
        form: SequenceForm,
        steps: Any,
        sequence: Sequence | None = None,
        version: int = 0,
        *,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "form": form,
            "steps": steps,
            "sequence": sequence,
            "version": version or (sequence.version if sequence else 0),
            "text_fields": sorted(labels().items()),
        }
        return render(self.request, "sales/sequence_form.html", context, status=status)


class SequenceCreateView(SequenceEditor):
    """A new one; with `?from=` a copy of another."""

    permission = "sales.create_sequence"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("from", "")
        if not asked.isdecimal():
            return self.page(SequenceForm(), step_forms([]))
        source = sequence_find(self.user, int(asked[:18]))
        initial = {
            "name": (_("%s (copy)") % source.name)[:80],
            "purpose": source.purpose,
            "daily_limit": source.daily_limit,
        }
        steps = steps_of(source)
        for step in steps:
            step.pk = None
        return self.page(SequenceForm(initial=initial | {"is_on": True}), step_forms(steps))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, steps = SequenceForm(request.POST), step_forms([], request.POST)
        if form.is_valid() and steps.is_valid():
            try:
                sequence = sequence_create(actor=self.user, values=form.values(), steps=steps.rows())
            except ValidationError as fault:
                refused(form, fault)
            else:
                return redirect("sales:sequence-record", sequence.pk)
        return self.page(form, steps, status=422)


class SequenceEditView(SequenceEditor):
    permission = "sales.edit_sequence"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        sequence = self.sequence(pk)
        names = ("name", "purpose", "daily_limit", "is_on")
        form = SequenceForm(initial={name: getattr(sequence, name) for name in names})
        return self.page(form, step_forms(steps_of(sequence)), sequence)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        sequence = self.sequence(pk)
        form, steps = SequenceForm(request.POST), step_forms([], request.POST)
        version = read_version(request, sequence)
        if not (form.is_valid() and steps.is_valid()):
            return self.page(form, steps, sequence, version, status=422)
        try:
            sequence_edit(
                actor=self.user, sequence=sequence, values=form.values(), steps=steps.rows(), version=version
            )
        except StaleRecord as stale:
            text = _("Somebody else changed this sequence meanwhile. Save again to replace it.")
            form.add_error(None, text)
            return self.page(form, steps, sequence, stale.current.version, status=409)
        except ValidationError as fault:
            refused(form, fault)
            return self.page(form, steps, sequence, version, status=422)
        messages.success(request, _("Saved."))
        return redirect("sales:sequence-record", pk)

    def sequence(self, pk: int) -> Sequence:
        sequence = sequence_find(self.user, pk)
        require(self.user, "sales.edit_sequence", sequence)
        return sequence


class SequenceDeleteView(ProtectedView):
    permission = "sales.delete_sequence"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        sequence = sequence_find(self.user, pk)
        sequence_delete(actor=self.user, sequence=sequence)
        undo_message(request, _("%s was deleted.") % sequence, reverse("sales:sequence-restore", args=[pk]))
        return redirect("sales:sequence-list")


class SequenceRestoreView(ProtectedView):
    permission = "sales.restore_sequence"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Sequence.objects.filter(deleted_at__isnull=False).visible_to(self.user)
        sequence = rows.filter(pk=pk).first()
        if sequence is None:
            raise Http404
        try:
            sequence_restore(actor=self.user, sequence=sequence)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
            return redirect("sales:sequence-list")
        return redirect("sales:sequence-record", pk)
