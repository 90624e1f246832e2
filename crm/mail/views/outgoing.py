"""The ledger of mails that the program sends."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.fragments import is_fragment
from crm.mail.filters import OutgoingFilter
from crm.mail.models import OutgoingMail
from crm.mail.selectors import outgoing, outgoing_find
from crm.mail.services import outgoing_cancel, outgoing_retry
from crm.mail.transport import is_set_up

#: whose text is for its receiver alone: it holds a link to sign in with
PRIVATE_KINDS = ("account", "invite")


class OutgoingListView(ProtectedView):
    permission = "mail.view_outgoing"

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = OutgoingFilter(request.GET, queryset=outgoing(self.user))
        filters.user = self.user
        page = keyset_page(filters.qs, request.GET)
        context = {
            **page.context(),
            **filters.context(),
            "q": request.GET.get("q", ""),
            "is_set_up": is_set_up(),
            "count_text": "",
        }
        if not is_fragment(request):
            return render(request, "mail/outgoing_list.html", context)
        response = render(request, "mail/outgoing_list.html#results", context)
        response.write(render_to_string("crm/list_filters.html", context | {"beside": True}, request))
        return response


class OutgoingView(ProtectedView):
    permission = "mail.view_outgoing"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = outgoing_find(self.user, pk)
        may = allowed(self.user, "mail.edit_outgoing", mail)
        context = {
            "mail": mail,
            "is_private": mail.kind.startswith(PRIVATE_KINDS),
            "can_retry": may and mail.can_retry,
            "can_cancel": may and mail.can_cancel,
        }
        return render(request, "mail/outgoing.html", context)


class OutgoingVerbView(ProtectedView):
    """A verb on a mail, by POST; a refusal is told on its page."""

    permission = "mail.edit_outgoing"

    def act(self, mail: OutgoingMail) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mail = outgoing_find(self.user, pk)
        try:
            messages.success(request, self.act(mail))
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return redirect("mail:outgoing", pk)


class OutgoingRetryView(OutgoingVerbView):
    def act(self, mail: OutgoingMail) -> str:
        outgoing_retry(actor=self.user, mail=mail)
        return _("The mail is sent again.")


class OutgoingCancelView(OutgoingVerbView):
    def act(self, mail: OutgoingMail) -> str:
        outgoing_cancel(actor=self.user, mail=mail)
        return _("The mail is not sent.")
