"""The settings of custom fields."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.fields.catalogue import has_custom
from crm.fields.field_forms import CustomFieldForm, initial, kinds_with_custom
from crm.fields.models import CustomField
from crm.fields.services import (
    custom_field_create,
    custom_field_delete,
    custom_field_edit,
    custom_field_move,
    custom_field_restore,
)
from crm.fields.usage import usage
from crm.records.errors import StaleRecord
from crm.records.kinds import Kind, kind_at
from crm.records.undo import undo_message


class FieldsView(ProtectedView):
    """All custom fields, by kind of record."""

    permission = "fields.view_field"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(CustomField.objects.filter(deleted_at=None))
        groups = [
            {
                "slug": slug,
                "plural": plural,
                "fields": [row for row in rows if row.kind.replace(".", "-") == slug],
            }
            for slug, plural in kinds_with_custom()
        ]
        can_create = allowed(self.user, "fields.create_field")
        return render(request, "fields/fields.html", {"groups": groups, "can_create": can_create})


class FieldCreateView(ProtectedView):
    permission = "fields.create_field"

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        return self.page(kind_with_custom(kind), CustomFieldForm())

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        found, form = kind_with_custom(kind), CustomFieldForm(request.POST)
        if form.is_valid():
            try:
                field = custom_field_create(actor=self.user, kind=found.key, values=form.values())
            except ValidationError as fault:
                form.add_error(None, fault)
            else:
                messages.success(request, _("%s was added.") % field.label)
                return redirect("fields:list")
        return self.page(found, form, status=422)

    def page(self, kind: Kind, form: CustomFieldForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "kind": kind, "field": None}
        return render(self.request, "fields/field_form.html", context, status=status)


class FieldEditView(ProtectedView):
    permission = "fields.edit_field"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        field = field_find(pk)
        return self.page(field, CustomFieldForm(field=field, initial=initial(field)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        field = field_find(pk)
        form = CustomFieldForm(request.POST, field=field)
        if not form.is_valid():
            return self.page(field, form, status=422)
        try:
            version = form.cleaned_data["version"] or field.version
            custom_field_edit(actor=self.user, field=field, values=form.values(), version=version)
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(field, form, status=422)
        except StaleRecord:
            form.add_error(None, _("Somebody else changed this field meanwhile. Look at it again."))
            return self.page(field, form, status=409)
        return redirect("fields:list")

    def page(self, field: CustomField, form: CustomFieldForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "field": field,
            "kind": kind_at(field.kind.replace(".", "-")),
            "usage": usage(field),
        }
        return render(self.request, "fields/field_form.html", context, status=status)


class FieldMoveView(ProtectedView):
    permission = "fields.edit_field"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        custom_field_move(actor=self.user, field=field_find(pk), up="up" in request.POST)
        return redirect("fields:list")


class FieldDeleteView(ProtectedView):
    permission = "fields.delete_field"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        field = custom_field_delete(actor=self.user, field=field_find(pk))
        undo_message(request, _("%s was deleted.") % field.label, reverse("fields:restore", args=[field.pk]))
        return redirect("fields:list")


class FieldRestoreView(ProtectedView):
    permission = "fields.delete_field"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        field = field_find(pk, deleted=True)
        try:
            custom_field_restore(actor=self.user, field=field)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return redirect("fields:list")


def field_find(pk: int, *, deleted: bool = False) -> CustomField:
    """Raises Http404."""
    found = CustomField.objects.filter(pk=pk, deleted_at__isnull=not deleted).first()
    if found is None:
        raise Http404
    return found


def kind_with_custom(slug: str) -> Kind:
    found = kind_at(slug)
    if not has_custom(found.key):
        raise Http404
    return found
