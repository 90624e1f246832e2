"""Tags, relationships, consents and files of a customer."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.forms import ConsentForm, RelationshipForm, TagForm
from contacts.models import Attachment, Consent, Customer
from contacts.panels import ConsentPanel, RelationshipsPanel
from contacts.selectors import customer_find, relationships, tag_names
from contacts.services.about import about_named, about_of
from contacts.services.bulk import customer_tag_add, customers_untag
from contacts.services.engagement import (
    attachment_create,
    attachment_delete,
    attachment_restore,
    consent_create,
    relationship_create,
    relationship_delete,
)
from contacts.views.record import rights, with_tags
from contacts.views.task import with_toast
from crm.access.services import find
from crm.access.views import ProtectedView
from crm.fragments import is_fragment
from crm.records.kinds import kind_of
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import Sent, sent_form
from crm.submissions.services import submit_once


class CustomerTagView(ProtectedView):
    """Add a tag by name, or take one away by id."""

    permission = "contacts.tag_customer"

    def post(self, request: HttpRequest, pk: int, tag_pk: int | None = None) -> HttpResponse:
        customer = customer_find(self.user, pk)
        return self.add(customer) if tag_pk is None else self.remove(customer, tag_pk)

    def add(self, customer: Customer) -> HttpResponse:
        request = self.request
        form = TagForm(request.POST if "tag" in request.POST else request.GET)  # in the address: undo
        if not form.is_valid():
            return self.shown(customer, str(form.errors["tag"][0]), tone="error")
        customer_tag_add(actor=self.user, customer=customer, name=form.cleaned_data["tag"])
        return self.shown(customer)

    def remove(self, customer: Customer, tag_pk: int) -> HttpResponse:
        tag = customer.tags.filter(pk=tag_pk).first()
        if tag is None:
            return self.shown(customer)
        customers_untag(actor=self.user, rows=[customer], tag=tag)
        undo = reverse("contacts:customer-tag-add", args=[customer.pk]) + f"?{urlencode({'tag': tag.name})}"
        return self.shown(customer, _("Tag %s was removed.") % tag, undo)

    def shown(
        self, customer: Customer, text: str = "", undo: str = "", *, tone: str = "success"
    ) -> HttpResponse:
        if not is_fragment(self.request):
            if undo:
                undo_message(self.request, text, undo)
            elif text:
                messages.error(self.request, text)
            return redirect("contacts:customer-record", customer.pk)
        context = {
            "customer": with_tags(customer_find(self.user, customer.pk)),
            "can": rights(self, customer),
        }
        response = render(self.request, "contacts/customer_tags.html", context)
        return with_toast(response, text, undo, tone) if text else response


class TagListView(ProtectedView):
    """The tags that begin with what is typed, as the options of a list."""

    permission = "contacts.tag_customer"

    def get(self, request: HttpRequest) -> HttpResponse:
        names = tag_names(self.user, request.GET.get("tag", "")[:50])
        return render(request, "contacts/tag_options.html", {"names": names})


class RelationshipCreateView(ProtectedView):
    permission = "contacts.edit_customer"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        form = RelationshipForm(request.POST, user=self.user)
        if form.is_valid():
            try:
                relationship_create(actor=self.user, customer=customer, **form.cleaned_data)
            except ValidationError as fault:
                form.add_error(None, fault)
        return relationships_panel(self, customer, form, status=422 if form.errors else 200)


class RelationshipDeleteView(ProtectedView):
    permission = "contacts.edit_customer"

    def post(self, request: HttpRequest, pk: int, relationship_pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        for row, _other, _backwards in relationships(self.user, customer):
            if row.pk == relationship_pk:
                relationship_delete(actor=self.user, customer=customer, relationship=row)
        return relationships_panel(self, customer)


def relationships_panel(
    view: ProtectedView, customer: Customer, form: RelationshipForm | None = None, *, status: int = 200
) -> HttpResponse:
    if not view.request.headers.get("HX-Request"):
        for error in form.errors.values() if form else ():
            messages.error(view.request, " ".join(map(str, error)))
        return redirect("contacts:customer-record", customer.pk)
    panel: dict[str, Any] = RelationshipsPanel().context(user=view.user, customer=customer)
    context = {"panel": {**panel, "form": form}}
    return render(view.request, RelationshipsPanel.template, context, status=status)


class ConsentCreateView(ProtectedView):
    permission = "contacts.edit_customer"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        form = ConsentForm(request.POST)
        if form.is_valid():
            try:
                self.save(customer, form)
            except SentBefore as fault:
                form.add_error(None, fault.text)
        if not request.headers.get("HX-Request"):
            for errors in form.errors.values():
                messages.error(request, " ".join(map(str, errors)))
            return redirect("contacts:customer-record", pk)
        panel = {**ConsentPanel().context(user=self.user, customer=customer), "form": form}
        status = 200 if form.is_valid() else 422
        return render(request, ConsentPanel.template, {"panel": panel}, status=status)

    def save(self, customer: Customer, form: ConsentForm) -> Consent:
        return submit_once(
            actor=self.user,
            sent=sent_form(self.request),
            create=lambda: consent_create(actor=self.user, customer=customer, values=form.values()),
        )


class AttachmentCreateView(ProtectedView):
    permission = "contacts.edit_customer"
    upload_limit = "ATTACHMENTS_LIMIT_BYTES"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        sent, obj = sent_form(request), about_named(self.user, request.POST.get("about", ""))
        for place, upload in enumerate(request.FILES.getlist("file")):
            try:
                self.save(customer, upload, sent.part(place), obj)
            except ValidationError as fault:
                messages.error(request, f"{upload.name}: {' '.join(fault.messages)}")
            except SentBefore as fault:
                messages.error(request, f"{upload.name}: {fault.text}")
        return redirect(files_page(customer, obj))

    def save(
        self, customer: Customer, upload: "UploadedFile[Any]", sent: Sent, obj: models.Model | None
    ) -> Attachment:
        return submit_once(
            actor=self.user,
            sent=sent,
            create=lambda: attachment_create(actor=self.user, customer=customer, upload=upload, obj=obj),
        )


def files_page(customer: Customer, obj: models.Model | None) -> str:
    """Where the files of a record are read: on its own page, else on the customer's."""
    kind = kind_of(obj) if obj is not None else None
    if kind is None or obj is None:
        return reverse("contacts:customer-record", args=[customer.pk])
    return f"{kind.url(obj.pk)}?tab=files"


class AttachmentView(ProtectedView):
    """The file as a download: never shown inside the program's own origin."""

    permission = "contacts.view_customer"

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        attachment = find(
            Attachment.objects.filter(deleted_at=None, customer__deleted_at=None), self.user, pk
        )
        response = FileResponse(attachment.file.open(), as_attachment=True, filename=attachment.name)
        response.headers["Content-Type"] = "application/octet-stream"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response


class AttachmentDeleteView(ProtectedView):
    permission = "contacts.edit_customer"
    belongs_to = "contacts:customer-list"  # the address above is the file itself

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        attachment = find(
            Attachment.objects.filter(deleted_at=None, customer__deleted_at=None), self.user, pk
        )
        attachment_delete(actor=self.user, attachment=attachment)
        undo = reverse("contacts:attachment-restore", args=[attachment.pk])
        undo_message(request, _("%s was removed.") % attachment.name, undo)
        return redirect(files_page(attachment.customer, about_of(attachment)))


class AttachmentRestoreView(ProtectedView):
    permission = "contacts.edit_customer"
    belongs_to = "contacts:customer-list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        gone = Attachment.objects.filter(deleted_at__isnull=False, customer__deleted_at=None)
        attachment = attachment_restore(actor=self.user, attachment=find(gone, self.user, pk))
        messages.success(request, _("%s is back.") % attachment.name)
        return redirect(files_page(attachment.customer, about_of(attachment)))
