"""Mail accounts: list, one account, trying it, connecting it with its provider."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.mail import oauth
from crm.mail.choices import SignIn
from crm.mail.connecting import read_trip, way_back, way_out
from crm.mail.forms import AccountForm
from crm.mail.mailbox import MailboxProblem
from crm.mail.models import MailAccount
from crm.mail.selectors import account_find, accounts, held_mails
from crm.mail.services.accounts import (
    account_connect,
    account_create,
    account_delete,
    account_edit,
    account_try,
    keeps_company,
)
from crm.records.errors import StaleRecord
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class AccountListView(ProtectedView):
    permission = "mail.view_account"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "rows": accounts(self.user).select_related("owner").defer("secret"),
            "held": held_mails(self.user).count(),
            "can_create": allowed(self.user, "mail.create_account"),
            "keeps_company": keeps_company(self.user),
        }
        return render(request, "mail/account_list.html", context)


class AccountCreateView(ProtectedView):
    permission = "mail.create_account"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(AccountForm(initial=self.own_values()))

    @property
    def is_own(self) -> bool:
        """Whoever keeps only their own mailbox makes their own; others say so."""
        return "own" in self.request.GET or not keeps_company(self.user)

    def own_values(self) -> dict[str, str]:
        return {"name": self.user.email, "address": self.user.email} if self.is_own else {}

    def page(self, form: AccountForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "is_own": self.is_own}
        return render(self.request, "mail/account_create.html", context, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AccountForm(request.POST)
        if form.is_valid():
            password = form.cleaned_data["password"]
            try:
                account = submit_once(
                    actor=self.user,
                    sent=sent_form(request),
                    create=lambda: account_create(
                        actor=self.user, values=form.values(), password=password, is_own=self.is_own
                    ),
                )
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                return redirect("mail:account", account.pk)
        return self.page(form, status=422)


class AccountView(ProtectedView):
    permission = "mail.view_account"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = account_find(self.user, pk)
        return account_page(self, account, AccountForm(instance=account))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = account_find(self.user, pk)
        if not allowed(self.user, "mail.edit_account"):
            raise PermissionDenied
        form = AccountForm(request.POST, instance=account_find(self.user, pk))
        if not form.is_valid():
            return account_page(self, account, form, status=422)
        try:
            account_edit(
                actor=self.user,
                account=account,
                values=form.values(),
                version=form.cleaned_data["version"],
                password=form.cleaned_data["password"],
            )
        except ValidationError as fault:
            form.add_error(None, fault)
            return account_page(self, account, form, status=422)
        except StaleRecord as fault:
            both = form.rebase(AccountForm(instance=fault.current))
            return account_page(self, fault.current, form, status=409, both=both)
        messages.success(request, _("Saved. It is read at once."))
        return redirect("mail:account", pk)


def account_page(
    view: ProtectedView,
    account: MailAccount,
    form: AccountForm,
    *,
    status: int = 200,
    both: set[str] | None = None,
    tried: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    context = {
        "account": account,
        "form": form,
        "tried": tried,
        "connects": account.sign_in != SignIn.PASSWORD,
        "can_edit": allowed(view.user, "mail.edit_account"),
        "can_delete": allowed(view.user, "mail.delete_account"),
        "both_changed": None if both is None else [form[name] for name in sorted(both)],
    }
    return render(view.request, "mail/account.html", context, status=status)


class AccountTryView(ProtectedView):
    """Signs in to both servers now and says what they answered."""

    permission = "mail.edit_account"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = account_find(self.user, pk)
        tried = account_try(actor=self.user, account=account)
        return account_page(self, account, AccountForm(instance=account), tried=tried)


class AccountDeleteView(ProtectedView):
    permission = "mail.delete_account"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = account_find(self.user, pk)
        try:
            account_delete(actor=self.user, account=account)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
            return redirect("mail:account", pk)
        messages.success(request, _("%s is deleted.") % account)
        return redirect("mail:account-list")


class AccountConnectView(ProtectedView):
    """To the provider, to say yes there. Nothing is written before the answer is back and confirmed."""

    permission = "mail.edit_account"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        account = account_find(self.user, pk)
        try:
            return redirect(way_out(request, self.user, account))
        except MailboxProblem as fault:
            messages.error(request, str(fault))
            return redirect("mail:account", pk)


class AccountConnectedView(ProtectedView):
    """Back from the provider: one button, and the tokens are fetched and kept."""

    permission = "mail.edit_account"

    def get(self, request: HttpRequest) -> HttpResponse:
        if "error" in request.GET or "code" not in request.GET:
            messages.error(request, _("The provider did not give its permission."))
            return redirect("mail:account-list")
        try:
            account = self.account(request.GET.get("state", ""))
        except MailboxProblem:
            return self.too_old()
        context = {"account": account, "code": request.GET["code"], "state": request.GET["state"]}
        return render(request, "mail/account_connected.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            account = self.account(request.POST.get("state", ""))
        except MailboxProblem:
            return self.too_old()
        verifier = read_trip(self.user, request.POST["state"]).verifier
        try:
            provider = oauth.provider_of(account.sign_in)
            tokens = oauth.exchange(
                provider,
                code=request.POST.get("code", ""),
                verifier=verifier,
                redirect_uri=way_back(request),
            )
        except MailboxProblem as fault:
            messages.error(request, str(fault))
        else:
            account_connect(actor=self.user, account=account, tokens=tokens)
            messages.success(request, _("%s is connected. It is read at once.") % account)
        return redirect("mail:account", account.pk)

    def account(self, state: str) -> MailAccount:
        return account_find(self.user, read_trip(self.user, state).account)

    def too_old(self) -> HttpResponse:
        messages.error(
            self.request, _("This answer of the provider is too old or not for you. Connect again.")
        )
        return redirect("mail:account-list")
