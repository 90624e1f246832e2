"""One's own settings of e-mail, and the templates."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.choices import Sharing
from contacts.email_fields import labels, signature_of
from contacts.forms.email import SignatureForm, TemplateForm
from contacts.models import EmailTemplate
from contacts.services.email_templates import (
    signature_set,
    template_create,
    template_delete,
    template_edit,
    template_restore,
)
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.mail.addresses import drop_address
from crm.mail.models import MailAccount
from crm.mail.services.drops import drop_number, drop_renew
from crm.records.errors import StaleRecord
from crm.records.forms import name_version
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class EmailSettingsView(ProtectedView):
    """GET the signature, the own mailboxes and the drop address; POST the signature."""

    permission = "contacts.create_interaction"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(SignatureForm(initial={"text": signature_of(self.user)}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SignatureForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        signature_set(actor=self.user, text=form.cleaned_data["text"])
        messages.success(request, _("Saved."))
        return redirect("contacts:settings-email")

    def page(self, form: SignatureForm, *, status: int = 200) -> HttpResponse:
        home = MailAccount.objects.company().filter(is_active=True).order_by("pk").first()
        number = drop_number(self.user)
        context = {
            "form": form,
            "mailboxes": MailAccount.objects.filter(owner=self.user).defer("secret"),
            "can_connect": allowed(self.user, "mail.create_account"),
            "drop_address": drop_address(home.address, self.user.pk, number) if home else "",
            "drop_number": number,
        }
        return render(self.request, "contacts/email_settings.html", context, status=status)


class DropRenewView(ProtectedView):
    permission = "contacts.create_interaction"
    belongs_to = "contacts:settings-email"

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("number") == str(drop_number(self.user)):  # sent twice it renews once
            drop_renew(actor=self.user)
            messages.success(request, _("You have a new address for copies; the one before works no more."))
        return redirect("contacts:settings-email")


class TemplatesView(ProtectedView):
    permission = "contacts.create_emailtemplate"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = EmailTemplate.objects.visible_to(self.user).select_related("owner", "team")
        return render(request, "contacts/email_templates.html", {"rows": list(rows)})


def template_find(view: ProtectedView, pk: int) -> EmailTemplate:
    found = EmailTemplate.objects.visible_to(view.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_share(view: ProtectedView) -> bool:
    return allowed(view.user, "contacts.edit_emailtemplate")


def template_page(
    view: ProtectedView, form: TemplateForm, template: EmailTemplate | None, *, status: int = 200
) -> HttpResponse:
    own = template is None or template.owner_id == view.user.pk
    context = {
        "form": form,
        "template": template,
        "fields": [(f"{{{{ {name} }}}}", label) for name, label in labels().items()],
        "can_edit": own or may_share(view),
    }
    return render(view.request, "contacts/email_template.html", context, status=status)


class TemplateCreateView(ProtectedView):
    permission = "contacts.create_emailtemplate"

    def get(self, request: HttpRequest) -> HttpResponse:
        return template_page(self, TemplateForm(may_share=may_share(self)), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TemplateForm(request.POST, may_share=may_share(self))
        if form.is_valid():
            try:
                submit_once(actor=self.user, sent=sent_form(request), create=lambda: self.create(form))
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                messages.success(request, _("Saved."))
                return redirect("contacts:settings-email-templates")
        return template_page(self, form, None, status=422)

    def create(self, form: TemplateForm) -> EmailTemplate:
        return template_create(actor=self.user, values=form.values())


class TemplateView(ProtectedView):
    permission = "contacts.create_emailtemplate"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        template = template_find(self, pk)
        return template_page(self, self.form(template), template)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        template = template_find(self, pk)
        form = self.form(template_find(self, pk), request.POST)
        if not form.is_valid():
            return template_page(self, form, template, status=422)
        version = form.cleaned_data["version"] or template.version
        try:
            template_edit(actor=self.user, template=template, values=form.values(), version=version)
        except ValidationError as fault:
            form.add_error(None, fault)
            return template_page(self, form, template, status=422)
        except StaleRecord as stale:
            name_version(form, stale.current.version)
            form.add_error(None, _("Somebody changed this meanwhile. Save again to keep yours."))
            return template_page(self, form, template, status=409)
        messages.success(request, _("Saved."))
        return redirect("contacts:settings-email-templates")

    def form(self, template: EmailTemplate, data: Any = None) -> TemplateForm:
        initial = {"version": template.version}
        shared = may_share(self) or template.sharing == Sharing.ALL
        return TemplateForm(data, instance=template, initial=initial, may_share=shared)


class TemplateDeleteView(ProtectedView):
    permission = "contacts.create_emailtemplate"
    belongs_to = "contacts:settings-email-templates"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        template = template_find(self, pk)
        template_delete(actor=self.user, template=template)
        undo_message(
            request, _("%s was deleted.") % template, reverse("contacts:email-template-restore", args=[pk])
        )
        return redirect("contacts:settings-email-templates")


class TemplateRestoreView(ProtectedView):
    permission = "contacts.create_emailtemplate"
    belongs_to = "contacts:settings-email-templates"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        template = EmailTemplate.objects.filter(pk=pk, deleted_at__isnull=False).first()
        if template is None:
            raise Http404
        template_restore(actor=self.user, template=template)
        messages.success(request, _("%s is back.") % template)
        return redirect("contacts:settings-email-templates")
