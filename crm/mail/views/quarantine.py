"""Mails that could not be read, with the reason; their bytes can be taken away, and read again."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.administration.paging import keyset_page
from crm.mail.selectors import held_find, held_mails
from crm.mail.services.receiving import quarantine_retry


class QuarantineView(ProtectedView):
    permission = "mail.view_account"

    def get(self, request: HttpRequest) -> HttpResponse:
        page = keyset_page(held_mails(self.user), request.GET)
        context = {
            **page.context(),
            "can_edit": allowed(self.user, "mail.edit_account"),
            "count_text": "",
        }
        return render(request, "mail/quarantine.html", context)


class HeldRetryView(ProtectedView):
    permission = "mail.edit_account"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            quarantine_retry(actor=self.user, raw=held_find(self.user, pk))
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        else:
            messages.success(request, _("The mail is read again."))
        return redirect("mail:quarantine")


class HeldFileView(ProtectedView):
    """The bytes as they came; never shown, only handed over."""

    permission = "mail.edit_account"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        raw = held_find(self.user, pk)
        if not raw.content:
            raise Http404
        response = HttpResponse(bytes(raw.content), content_type="application/octet-stream")
        response.headers["Content-Disposition"] = f'attachment; filename="mail-{raw.pk}.eml"'
        return response
