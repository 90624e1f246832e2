"""Mailboxes against the CRM: what lies in them, what of it is on records, and what is to be decided."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.choices import CustomerKind
from contacts.forms.email_matching import MatchForm
from contacts.models import Customer, EmailMessage, Interaction
from contacts.reconciliation import LATE, mails_in, reconciliation
from contacts.services.customer import customer_create
from contacts.services.email_reconciling import (
    mail_ignore,
    mail_look_again,
    mail_put,
    mail_unignore,
    mails_seen,
    values_of,
)
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.dialogs import render_dialog
from crm.fragments import is_fragment
from crm.jobs.services import enqueue
from crm.mail.choices import Outcome, RawState
from crm.mail.models import IncomingMail, MailAccount, RawMail
from crm.mail.selectors import account_find
from crm.mail.services.receiving import quarantine_retry
from crm.records.undo import undo_message
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once

STATES = (*Outcome.values, "quarantined", "waiting")


class ReconciliationView(ProtectedView):
    permission = "mail.view_account"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = reconciliation(self.user)
        context = {
            "rows": rows,
            "unmatched": sum(row.unmatched for row in rows if row.is_open),
            "can_edit": allowed(self.user, "mail.edit_account"),
        }
        return render(request, "contacts/reconciliation.html", context)


class ReconciliationListView(ProtectedView):
    """The mails of one mailbox in one state."""

    permission = "mail.view_account"

    def get(self, request: HttpRequest, pk: int, state: str) -> HttpResponse:
        account = account_find(self.user, pk)
        if state not in STATES:
            raise Http404
        is_raw = state in ("quarantined", "waiting")
        page = keyset_page(
            self.raws(account, state) if is_raw else mails_in(self.user, account, state), request.GET
        )
        rows = page.rows
        if state == Outcome.MATCHED:
            self.name_records(rows)
        context = {
            **page.context(),
            "account": account,
            "chosen": state,
            "is_raw": is_raw,
            "label": dict(TITLES)[state],
            "states": [(key, label, reverse("contacts:mail-list", args=[pk, key])) for key, label in TITLES],
            "can_edit": allowed(self.user, "mail.edit_account"),
            "late": LATE,
            "count_text": "",
        }
        return render(request, "contacts/reconciliation_list.html", context)

    def raws(self, account: MailAccount, state: str) -> QuerySet[RawMail]:
        kept = RawState.QUARANTINED if state == "quarantined" else RawState.STORED
        return RawMail.objects.filter(account=account, state=kept).visible_to(self.user).defer("content")

    def name_records(self, rows: list[IncomingMail]) -> None:
        """The records that the reader may see, each mail's by its Message-ID or itself; in two queries."""
        by_mail = dict(
            EmailMessage.objects.filter(incoming__in=[row.pk for row in rows]).values_list(
                "incoming_id", "pk"
            )
        )
        ids = [row.message_id for row in rows if row.message_id]
        by_id = dict(EmailMessage.objects.filter(message_id__in=ids).values_list("message_id", "pk"))
        emails = {row.pk: by_mail.get(row.pk) or by_id.get(row.message_id) for row in rows}
        entries = Interaction.objects.filter(email__in=filter(None, emails.values()), deleted_at=None)
        names: dict[int, list[Customer]] = {}
        for entry in entries.visible_to(self.user).select_related("customer"):
            names.setdefault(entry.email_id or 0, []).append(entry.customer)
        for row in rows:
            row.customers = names.get(emails[row.pk] or 0, [])  # type: ignore[attr-defined]
            row.email_pk = emails[row.pk] if row.customers else None  # type: ignore[attr-defined]


TITLES = (
    (Outcome.UNMATCHED.value, Outcome.UNMATCHED.label),
    (Outcome.MATCHED.value, Outcome.MATCHED.label),
    (Outcome.IGNORED.value, Outcome.IGNORED.label),
    ("quarantined", RawState.QUARANTINED.label),
    ("waiting", gettext_lazy("Waiting to be read")),
)


def mail_find(view: ProtectedView, pk: int) -> IncomingMail:
    """Raises Http404 for a mail of a mailbox that the reader does not keep."""
    found = mails_seen(view.user).filter(pk=pk).select_related("account", "raw", "ignored_by").first()
    if found is None:
        raise Http404
    return found


def list_of(mail: IncomingMail) -> str:
    return reverse("contacts:mail-list", args=[mail.account_id, Outcome.UNMATCHED])


class MailMatchView(ProtectedView):
    """A dialog: the mail, and whose record it belongs on."""

    permission = "mail.edit_account"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = mail_find(self, pk)
        initial = {"new_name": ""}
        return self.dialog(mail, self.form(mail, initial=initial))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = mail_find(self, pk)
        form = self.form(mail, request.POST)
        if not form.is_valid():
            return self.dialog(mail, form, status=422)
        try:
            customer = submit_once(
                actor=self.user, sent=sent_form(request), create=lambda: self.put(mail, form)
            )
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.dialog(mail, form, status=422)
        except ValidationError as fault:
            form.add_error(None, ValidationError(fault.messages))
            return self.dialog(mail, form, status=422)
        text = _("It is on the record of %s.") % customer
        if form.cleaned_data.get("keep_address"):
            text = _("It is on the record of %s. Other mails of this address follow.") % customer
        messages.success(request, text)
        target = list_of(mail)
        return HttpResponse(headers={"HX-Redirect": target}) if is_fragment(request) else redirect(target)

    @transaction.atomic
    def put(self, mail: IncomingMail, form: MatchForm) -> Customer:
        data = form.cleaned_data
        customer = data["customer"] or customer_create(
            actor=self.user, values={"kind": CustomerKind.PERSON, "name": data["new_name"].strip()}
        )
        keeps = bool(data.get("keep_address"))
        mail_put(actor=self.user, mail=mail, customer=customer, keep_address=keeps)
        return customer

    def form(self, mail: IncomingMail, data: object = None, **more: object) -> MatchForm:
        may_create = allowed(self.user, "contacts.create_customer")
        address = next(iter(values_of(mail)), "")
        return MatchForm(data, user=self.user, may_create=may_create, address=address, **more)

    def dialog(self, mail: IncomingMail, form: MatchForm, *, status: int = 200) -> HttpResponse:
        context = {
            "mail": mail,
            "form": form,
            "address": next(iter(values_of(mail)), ""),
            "text": mail.text[:1_500],
            "back": list_of(mail),
        }
        return render_dialog(self.request, "contacts/mail_match.html", context, status=status)


class MailVerbView(ProtectedView):
    """A verb on a mail of a mailbox, by POST; a refusal is told above the list."""

    permission = "mail.edit_account"
    belongs_to = "contacts:mail-reconciliation"

    def act(self, mail: IncomingMail) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = mail_find(self, pk)
        target = reverse("contacts:mail-list", args=[mail.account_id, mail.outcome])
        try:
            text = self.act(mail)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            self.tell(mail, text)
        return redirect(target)

    def tell(self, mail: IncomingMail, text: str) -> None:
        messages.success(self.request, text)


class MailIgnoreView(MailVerbView):
    """GET asks what, POST ignores: `value` is the address or the domain; without one it is this mail alone."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = mail_find(self, pk)
        context = {"mail": mail, "values": values_of(mail), "back": list_of(mail)}
        return render_dialog(request, "contacts/mail_ignore.html", context)

    def act(self, mail: IncomingMail) -> str:
        value = self.request.POST.get("value", "")[:320]
        mail_ignore(actor=self.user, mail=mail, value=value)
        return _("%s is ignored from now on.") % value if value else _("The mail is ignored.")

    def tell(self, mail: IncomingMail, text: str) -> None:
        undo_message(self.request, text, reverse("contacts:mail-unignore", args=[mail.pk]))


class MailUnignoreView(MailVerbView):
    def act(self, mail: IncomingMail) -> str:
        rule = mail.ignored_by
        mail_unignore(actor=self.user, mail=mail)
        return _("%s is not ignored any more.") % rule if rule else _("The mail is back.")


class MailAgainView(MailVerbView):
    def act(self, mail: IncomingMail) -> str:
        again = mail_look_again(actor=self.user, mail=mail)
        if again.outcome == Outcome.UNMATCHED:
            return _("It still matches nobody.")
        return _("It was matched.")


class HeldAgainView(ProtectedView):
    """A mail in quarantine is read again."""

    permission = "mail.edit_account"
    belongs_to = "contacts:mail-reconciliation"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        raw = RawMail.objects.visible_to(self.user).filter(pk=pk).first()
        if raw is None:
            raise Http404
        try:
            quarantine_retry(actor=self.user, raw=raw)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            messages.success(request, _("The mail is read again."))
        return redirect("contacts:mail-list", raw.account_id, "quarantined")


class AccountCheckView(ProtectedView):
    """Compare the mailbox with what is stored, now."""

    permission = "mail.edit_account"
    belongs_to = "contacts:mail-reconciliation"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = account_find(self.user, pk)
        enqueue("mail.check_account", account.pk, actor=self.user)
        messages.success(request, _("%s is being compared with its server.") % account)
        return redirect("contacts:mail-reconciliation")
