"""The page of one's own tokens."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.views import ProtectedView
from crm.api.forms import TokenForm
from crm.api.models import ApiToken
from crm.api.scopes import WRITE, scope_objects
from crm.api.selectors import tokens
from crm.api.services import token_create, token_revoke
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class TokenListView(ProtectedView):
    """GET the list and the form; POST makes a token and shows its text, this once."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(TokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        made: list[str] = []
        try:
            submit_once(actor=self.user, sent=sent_form(request), create=lambda: self.create(form, made))
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(form, status=422)
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.page(form, status=422)
        if not made:
            messages.info(request, _("This token was made before; its text cannot be shown again."))
        return self.page(TokenForm(), text="".join(made))

    def create(self, form: TokenForm, made: list[str]) -> ApiToken:
        data = form.cleaned_data
        token, text = token_create(
            actor=self.user,
            name=data["name"],
            scopes=form.scopes(),
            is_everything=data["is_everything"],
            expires_at=form.expires_at(),
        )
        made.append(text)
        return token

    def page(self, form: TokenForm, *, text: str = "", status: int = 200) -> HttpResponse:
        rows = [told(token) for token in tokens(self.user)]
        context = {"form": form, "rows": rows, "text": text}
        return render(self.request, "api/tokens.html", context, status=status)


def told(token: ApiToken) -> dict[str, Any]:
    return {"token": token, "scopes": scope_words(token)}


def scope_words(token: ApiToken) -> str:
    """`Customers: read and write, Orders: read`."""
    if token.is_everything:
        return _("Everything that you may do")
    names = scope_objects()
    words = [
        f"{names.get(name, name)}: {_('read and write') if level == WRITE else _('read')}"
        for name, level in token.scopes.items()
    ]
    return ", ".join(words)


class TokenRevokeView(ProtectedView):
    permission = None
    belongs_to = "tokens:token-list"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        token = tokens(self.user).filter(pk=pk).first()
        if token is None:
            raise Http404
        token_revoke(actor=self.user, token=token)
        messages.success(request, _("%s opens nothing any more.") % token.name)
        return redirect("tokens:token-list")
