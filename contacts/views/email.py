"""Writing e-mails on a record, and reading them."""

import json
import secrets
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.email_fields import signature_of
from contacts.email_reach import reachable
from contacts.email_selectors import email_find, entries_of
from contacts.email_texts import answer_subject, quoted
from contacts.forms import ComposerForm
from contacts.forms.email import EmailForm, asked_id, check_files
from contacts.models import Customer, EmailMessage, EmailTemplate, Interaction
from contacts.selectors import customer_find
from contacts.services.about import about_named
from contacts.services.email import (
    email_put_back,
    email_remove,
    email_send,
    email_send_again,
    email_take_back,
)
from contacts.services.email_templates import gaps_in, template_fill
from contacts.timeline import entry
from crm.access.views import ProtectedView
from crm.company.reading import long_moment
from crm.fragments import is_fragment
from crm.mail.services.outgoing import MailFile
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once

#: in which a mail may be taken back: as long as the button stands there
TIME_TO_UNDO = timedelta(seconds=10)


class EmailComposeView(ProtectedView):
    """GET the composer of mails in the place of the other one (`reply`, `about`), POST sends."""

    permission = "contacts.create_interaction"
    upload_limit = "ATTACHMENTS_LIMIT_BYTES"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        about = request.GET.get("about", "")[:60]
        about_named(self.user, about)
        asked = asked_id(request.GET.get("reply", ""))
        answered = email_find(self.user, asked) if asked else None
        initial = {"about": about, **(answer(self, customer, answered) if answered else self.fresh(customer))}
        return self.page(customer, EmailForm(initial=initial, user=self.user, customer=customer))

    def fresh(self, customer: Customer) -> dict[str, Any]:
        own = [one for one in reachable(self.user, customer) if one.customer_id == customer.pk]
        signature = signature_of(self.user)
        text = f"\n\n{signature}" if signature else ""
        return {"to": [one.address for one in own[:1]], "subject": "", "text": text}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        form = EmailForm(request.POST, user=self.user, customer=customer)
        about = about_named(self.user, request.POST.get("about", ""))
        uploads = request.FILES.getlist("files")
        try:
            check_files(uploads)
        except ValidationError as fault:
            form.add_error(None, fault)
        if not form.is_valid():
            return self.page(customer, form, status=422)
        try:
            message = submit_once(
                actor=self.user,
                sent=sent_form(request),
                create=lambda: self.send(customer, form, about, uploads),
            )
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.page(customer, form, status=422)
        except ValidationError as fault:
            refuse(form, fault)
            return self.page(customer, form, status=422)
        return self.sent(customer, message, request.POST.get("about", ""))

    def send(
        self, customer: Customer, form: EmailForm, about: Any, uploads: "list[UploadedFile[Any]]"
    ) -> EmailMessage:
        data = form.cleaned_data
        answered = email_find(self.user, data["reply"]) if data["reply"] else None
        return email_send(
            actor=self.user,
            customer=customer,
            to=data["to"][0],
            cc=data["to"][1:],
            subject=data["subject"],
            text=data["text"],
            about=about,
            files=[kept_file(upload) for upload in uploads],
            thread=answered.thread if answered else None,
            account=form.account_chosen(),
            key=f"email:{self.user.pk}:{sent_form(self.request).key or secrets.token_urlsafe(16)}",
            delay=TIME_TO_UNDO,
        )

    def sent(self, customer: Customer, message: EmailMessage, about: str) -> HttpResponse:
        """An empty composer and the new entry; a toast takes the mail back as long as it waits."""
        if not is_fragment(self.request):
            messages.success(self.request, _("The mail is on its way."))
            return redirect("contacts:customer-record", customer.pk)
        made = message.entries.select_related("actor", "email__outgoing").get(customer=customer)
        context = {
            "composer": ComposerForm(initial={"kind": "note", "about": about}),
            "customer": customer,
            "entries": [entry(made, self.user)],
            "email_sent": True,
        }
        response = render(self.request, "contacts/composed.html", context)
        toast = {
            "text": _("Sending to %s") % ", ".join(message.receivers[:2]),
            "tone": "success",
            "undo": reverse("contacts:email-take-back", args=[message.pk]) + f"?customer={customer.pk}",
        }
        response.headers["HX-Trigger"] = json.dumps({"toast": toast})
        return response

    def page(self, customer: Customer, form: EmailForm, *, status: int = 200) -> HttpResponse:
        return composer_page(self, customer, form, status=status)


def composer_page(
    view: ProtectedView, customer: Customer, form: EmailForm, *, status: int = 200, notice: str = ""
) -> HttpResponse:
    template = "contacts/email_composer.html" if is_fragment(view.request) else "contacts/email_form.html"
    context = {
        "form": form,
        "customer": customer,
        "templates": list(EmailTemplate.objects.visible_to(view.user)[:200]),
        "notice": notice,
    }
    return render(view.request, template, context, status=status)


def refuse(form: EmailForm, fault: ValidationError) -> None:
    for name, texts in fault.update_error_dict({}).items():
        form.add_error(name if name in form.fields else None, texts)


def kept_file(upload: "UploadedFile[Any]") -> MailFile:
    """Under a random name in the storage; it goes with the mail under its own."""
    name = (upload.name or "file").replace("/", "_").replace("\\", "_")[-150:]
    kept = default_storage.save(f"mail/{secrets.token_urlsafe(24)}", upload)
    return MailFile(file=kept, name=name, type=upload.content_type or "application/octet-stream")


def answer(view: ProtectedView, customer: Customer, answered: EmailMessage) -> dict[str, Any]:
    """An answer in its conversation: to whom it came from, what it said quoted below."""
    known = {one.address for one in reachable(view.user, customer)}
    wanted = answered.receivers if answered.is_ours else [answered.sender]
    signature = signature_of(view.user)
    lead = _("On %(when)s %(who)s wrote:") % {
        "when": long_moment(answered.happened_at),
        "who": answered.sender_name or answered.sender,
    }
    return {
        "to": [address for address in wanted if address in known],
        "subject": answer_subject(answered.subject),
        "text": "\n\n" + (f"{signature}\n\n" if signature else "") + quoted(answered.text, lead),
        "reply": answered.pk,
    }


class EmailFillView(ProtectedView):
    """A template filled for this customer, as JSON: subject, text, and what is to be filled in by hand."""

    permission = "contacts.create_interaction"

    def get(self, request: HttpRequest, pk: int, template_pk: int) -> JsonResponse:
        customer = customer_find(self.user, pk)
        about = about_named(self.user, request.GET.get("about", ""))
        template = EmailTemplate.objects.visible_to(self.user).filter(pk=template_pk).first()
        if template is None:
            return JsonResponse({"error": _("This template is not there any more.")}, status=404)
        try:
            subject, text = template_fill(
                actor=self.user, template_or_text=template, customer=customer, about=about, gaps=True
            )
        except ValidationError as fault:
            return JsonResponse({"error": " ".join(fault.messages)}, status=422)
        gaps = list(dict.fromkeys([*gaps_in(subject), *gaps_in(text)]))
        return JsonResponse({"subject": subject, "text": text, "gaps": gaps})


class EmailTakeBackView(ProtectedView):
    """Undo of a sending: the entry goes, and what was written stands in the composer again."""

    permission = "contacts.create_interaction"
    belongs_to = "contacts:customer-list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = email_find(self.user, pk)
        asked = asked_id(request.GET.get("customer", ""))
        entries = list(entries_of(self.user, message))
        made = next((row for row in entries if row.customer_id == asked), entries[0])
        try:
            email_take_back(actor=self.user, message=message)
        except ValidationError as fault:
            return self.too_late(made, " ".join(fault.messages))
        if not request.headers.get("HX-Request"):
            messages.success(request, _("The mail was not sent."))
            return redirect("contacts:customer-record", made.customer_id)
        return self.written_again(made, message)

    def too_late(self, made: Interaction, text: str) -> HttpResponse:
        if not self.request.headers.get("HX-Request"):
            messages.error(self.request, text)
            return redirect("contacts:customer-record", made.customer_id)
        response = HttpResponse(status=409)
        response.headers["HX-Trigger"] = json.dumps({"toast": {"text": text, "tone": "error"}})
        return response

    def written_again(self, made: Interaction, message: EmailMessage) -> HttpResponse:
        data = QueryDict(mutable=True)
        data.setlist("to", message.receivers)
        data["subject"], data["text"] = message.subject, message.text
        said = EmailMessage.objects.filter(thread=message.thread_id).exclude(pk=message.pk)
        before = said.order_by("-happened_at").first() if message.thread_id else None
        data["reply"] = str(before.pk) if before else ""
        data["about"] = f"{made.object_type}:{made.object_id}" if made.object_type else ""
        form = EmailForm(data, user=self.user, customer=made.customer)
        notice = _("It was not sent. Add its files again.") if message.files else _("It was not sent.")
        response = composer_page(self, made.customer, form, notice=notice)
        gone = render(self.request, "contacts/timeline_gone.html", {"entry": entry(made, self.user)})
        response.content = gone.content + response.content
        return response


class EmailSendAgainView(ProtectedView):
    permission = "contacts.create_interaction"
    belongs_to = "contacts:customer-list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = email_find(self.user, pk)
        try:
            email_send_again(actor=self.user, message=message)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            messages.success(request, _("The mail is sent again."))
        return redirect("contacts:email", pk)


class EmailRemoveView(ProtectedView):
    """Off the record of the customer that the address names."""

    permission = "contacts.delete_interaction"
    belongs_to = "contacts:customer-list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entries = entries_of(self.user, email_find(self.user, pk))
        asked = asked_id(request.GET.get("entry", ""))
        made = next((row for row in entries if row.pk == asked), None)
        if made is None:
            return redirect("contacts:email", pk)
        email_remove(actor=self.user, entry=made)
        undo = reverse("contacts:email-put-back", args=[pk]) + f"?entry={made.pk}"
        undo_message(request, _("The mail is off the record of %s.") % made.customer, undo)
        return redirect("contacts:customer-record", made.customer_id)


class EmailPutBackView(ProtectedView):
    permission = "contacts.restore_interaction"
    belongs_to = "contacts:customer-list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = Interaction.objects.filter(email=pk, customer__deleted_at=None).visible_to(self.user)
        asked = asked_id(request.GET.get("entry", ""))
        entries = list(rows.select_related("customer", "email__incoming").order_by("pk"))
        if not entries:
            raise Http404
        made = next((row for row in entries if row.pk == asked), entries[0])
        if made.deleted_at:
            email_put_back(actor=self.user, entry=made)
        messages.success(request, _("The mail is back."))
        return redirect("contacts:customer-record", made.customer_id)
