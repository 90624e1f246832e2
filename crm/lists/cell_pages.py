"""Editing a field of a record where it stands in a list or on a board; setting it back."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.audit.models import AuditEntry
from crm.audit.selectors import history
from crm.fields.catalogue import field_for, may_edit
from crm.fields.declaration import Field
from crm.fields.forms import FieldForm, shown_text, stored
from crm.fragments import is_fragment
from crm.lists.kind_view import KindView
from crm.lists.properties import properties_of, texts_of
from crm.lists.reading import hidden_in
from crm.lists.rows import rows_html
from crm.records.errors import StaleRecord
from crm.records.restore import field_restore
from crm.records.services import current


class CellView(KindView):
    """GET the editor of a cell, POST saves and answers with the whole row; a stale save shows both values."""

    def get(self, request: HttpRequest, pk: int, field: str) -> HttpResponse:
        obj = self.record(pk)
        found = self.field(obj, field)
        if "show" in request.GET:
            return HttpResponse(rows_html(self.kind, self.user, request, [pk]))
        held = current(obj, found.edit)
        value = held.pk if isinstance(held, models.Model) else shown_text(held)
        form = FieldForm(kind=self.kind, field=found, user=self.user, initial={"value": value})
        return self.editor(obj, found, form, obj.version)

    def post(self, request: HttpRequest, pk: int, field: str) -> HttpResponse:
        obj = self.record(pk)
        found = self.field(obj, field)
        form = FieldForm(request.POST, kind=self.kind, field=found, user=self.user)
        if not form.is_valid():
            return self.editor(obj, found, form, read_version(request, obj), status=422)
        try:
            self.save(obj, found, form.cleaned_data["value"], read_version(request, obj))
        except ValidationError as fault:
            form.add_error("value", fault.messages)
            return self.editor(obj, found, form, obj.version, status=422)
        except StaleRecord as stale:
            theirs = texts_of(self.kind, self.user, pk, [found])[found.key]
            return self.editor(obj, found, form, stale.current.version, status=409, theirs=theirs or "–")
        return self.saved(obj, found)

    def field(self, obj: Any, key: str) -> Field:
        found = field_for(self.kind.key, self.user, key)
        if found is None or self.kind.edit is None:
            raise Http404
        if not may_edit(self.user, self.kind.key, found) or not allowed(
            self.user, found.edit_permission or self.kind.permission("edit"), obj
        ):
            raise PermissionDenied
        if hidden_in(self.user, self.kind, found, [obj.pk]):
            raise PermissionDenied(_("You may not see what stands here, so you cannot change it."))
        return found

    def save(self, obj: Any, field: Field, value: Any, version: int) -> None:
        if self.kind.edit is None:
            raise Http404
        written = stored(value) if field.is_custom else value
        self.kind.edit(actor=self.user, obj=obj, values={field.edit: written}, version=version)

    def saved(self, obj: Any, field: Field) -> HttpResponse:
        """The row; the toast sets the field back by the entry that was just written."""
        entry = history(obj).first()
        if not is_fragment(self.request):
            return redirect(self.kind.list_url)
        response = HttpResponse(rows_html(self.kind, self.user, self.request, [obj.pk]))
        # the editor aims at its cell, where faults are shown; what was saved is the whole row
        response.headers["HX-Retarget"] = f"#row-{obj.pk}"
        response.headers["HX-Reswap"] = "outerHTML"
        if entry and field.edit in entry.before:
            undo = reverse("lists:restore", args=[self.kind.slug, obj.pk, entry.pk, field.edit])
            toast = {"text": _("%s saved.") % field.title, "tone": "success", "undo": undo}
            response.headers["HX-Trigger"] = json.dumps({"toast": toast})
        return response

    def editor(
        self, obj: Any, field: Field, form: FieldForm, version: int, *, status: int = 200, theirs: str = ""
    ) -> HttpResponse:
        context = {
            "kind": self.kind,
            "obj": obj,
            "field": form["value"],
            "key": field.key,
            "label": field.title,
            "version": version,
            "theirs": theirs,
        }
        return render(self.request, "crm/cell_editor.html", context, status=status)


def read_version(request: HttpRequest, obj: Any) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else int(obj.version)


class RestoreView(KindView):
    """Sets one field back to what it was before an entry of the history."""

    def post(self, request: HttpRequest, pk: int, entry: int, name: str) -> HttpResponse:
        obj = self.record(pk)
        found = AuditEntry.objects.filter(pk=entry).first()
        if found is None:
            raise Http404
        try:
            field_restore(actor=self.user, kind=self.kind, obj=obj, entry=found, name=name)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            messages.success(request, _("Set back."))
        if is_fragment(request):
            return HttpResponse(rows_html(self.kind, self.user, request, [pk], out_of_band=True))
        target = self.kind.url(pk) or reverse(self.kind.list_url)
        return redirect(f"{target}?tab=history" if self.kind.record_url else target)


class PropertyView(CellView):
    """The same field as a property of the record's page."""

    def get(self, request: HttpRequest, pk: int, field: str) -> HttpResponse:
        if "show" in request.GET:
            found = field_for(self.kind.key, self.user, field)
            if found is None:
                raise Http404
            return self.row(self.record(pk), found)
        return super().get(request, pk, field)

    def saved(self, obj: Any, field: Field) -> HttpResponse:
        return self.row(obj, field) if is_fragment(self.request) else redirect(self.kind.url(obj.pk))

    def row(self, obj: Any, field: Field) -> HttpResponse:
        return render(self.request, "crm/property.html", {"property": self.property(obj, field)})

    def property(self, obj: Any, field: Field) -> Any:
        return properties_of(self.kind, self.user, obj, [field])[0]

    def editor(
        self, obj: Any, field: Field, form: FieldForm, version: int, *, status: int = 200, theirs: str = ""
    ) -> HttpResponse:
        merge = {"theirs": theirs, "yours": form["value"].value(), "by": ""} if theirs else None
        context = {
            "property": self.property(obj, field),
            "field": form["value"],
            "version": version,
            "merge": merge,
        }
        return render(self.request, "crm/property_editor.html", context, status=status)
