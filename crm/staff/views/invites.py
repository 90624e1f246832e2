"""Invitations: the list, inviting, sending again and revoking, and the page that accepts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from crm.access.delegation import may_give
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.company.selectors import company
from crm.links import base_url
from crm.mail.models import OutgoingMail
from crm.staff.forms import AcceptForm, InviteForm
from crm.staff.invite_links import accept_path, read_token
from crm.staff.models import Invite, User
from crm.staff.selectors import root_team
from crm.staff.services.invites import (
    InviteOver,
    check_good,
    invite_accept,
    invite_create,
    invite_resend,
    invite_revoke,
)
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class InviteListView(ProtectedView):
    permission = "staff.view_user"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Invite.objects.select_related("invited_by", "accepted_by").prefetch_related("teams", "roles")
        page = keyset_page(rows, request.GET)
        can_invite = allowed(self.user, "staff.invite_user")
        mails = mails_of(page.rows)
        for invite in page.rows:
            invite.mail = mails.get(f"invite:{invite.pk}:{invite.sent}")
            if can_invite and invite.state == "waiting" and may_give(self.user, invite.roles.all()):
                invite.link = base_url(request) + accept_path(invite)
        context = {**page.context(), "can_invite": can_invite, "count_text": ""}
        return render(request, "staff/invites.html", context)


def mails_of(invites: list[Invite]) -> dict[str, OutgoingMail]:
    keys = [f"invite:{invite.pk}:{invite.sent}" for invite in invites]
    return {mail.key: mail for mail in OutgoingMail.objects.filter(key__in=keys)}


class InviteCreateView(ProtectedView):
    permission = "staff.invite_user"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, InviteForm(initial={"teams": [root_team().pk]}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InviteForm(request.POST)
        if form.is_valid():
            try:
                invite = self.save(form.cleaned_data)
            except ValidationError as fault:
                form.add_error(None, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                messages.success(request, _("%(email)s is invited.") % {"email": invite.email})
                return redirect("staff:invites")
        return self.page(request, form, status=422)

    def save(self, values: dict[str, Any]) -> Invite:
        return submit_once(
            actor=self.user,
            sent=sent_form(self.request),
            create=lambda: invite_create(actor=self.user, base_url=base_url(self.request), **values),
        )

    def page(self, request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
        return render(request, "staff/invite_form.html", {"form": form}, status=status)


class InviteVerbView(ProtectedView):
    """A verb on an invitation; a refusal is told on the list."""

    permission = "staff.invite_user"
    belongs_to = "staff:invites"

    def act(self, invite: Invite) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invite = get_object_or_404(Invite, pk=pk)
        try:
            messages.success(request, self.act(invite))
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return redirect("staff:invites")


class InviteResendView(InviteVerbView):
    def act(self, invite: Invite) -> str:
        invite_resend(actor=self.user, invite=invite, base_url=base_url(self.request))
        return _("A fresh link is on its way to %(email)s.") % {"email": invite.email}


class InviteRevokeView(InviteVerbView):
    def act(self, invite: Invite) -> str:
        invite_revoke(actor=self.user, invite=invite)
        return _("The invitation of %(email)s is revoked.") % {"email": invite.email}


class InviteAcceptView(View):
    """The page behind the link, for somebody who has no account yet."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        found = read_token(token)
        if found is None:
            return over(request, "unknown", 404)
        try:
            check_link(*found)
        except InviteOver as fault:
            return over(request, fault.reason)
        return self.page(request, found[0], AcceptForm(initial={"name": found[0].name}))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        found = read_token(token)
        if found is None:
            return over(request, "unknown", 404)
        invite, nonce = found
        form = AcceptForm(request.POST)
        try:
            check_link(invite, nonce)
            if form.is_valid():
                name, password = form.cleaned_data["name"], form.cleaned_data["password"]
                user = invite_accept(invite=invite, nonce=nonce, name=name, password=password)
                login(request, user, backend=BACKEND)
                return redirect("staff-welcome")
        except InviteOver as fault:
            return over(request, fault.reason)
        except ValidationError as fault:
            form.add_error("password", fault)
        return self.page(request, invite, form, status=422)

    def page(self, request: HttpRequest, invite: Invite, form: AcceptForm, status: int = 200) -> HttpResponse:
        context = {"invite": invite, "form": form, "company_name": company().name}
        return render(request, "staff/invite_accept.html", context, status=status)


def check_link(invite: Invite, nonce: str) -> None:
    """Raises InviteOver."""
    check_good(invite)
    if invite.nonce != nonce:
        raise InviteOver("replaced")


def over(request: HttpRequest, reason: str, status: int = 410) -> HttpResponse:
    return render(request, "staff/invite_over.html", {"reason": reason}, status=status)


class WelcomeView(View):
    """The first page of a new colleague: how to protect the account, and where the program begins."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect("account_login")
        context = {
            "can_invite": allowed(request.user, "staff.invite_user"),
            "can_import": allowed(request.user, "imports.create_import"),
        }
        return render(request, "staff/welcome.html", context)
