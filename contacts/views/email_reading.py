"""Reading a mail: in its place on the timeline or on a page, its body in a frame without rights, its files."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from contacts.email_html import has_remote_pictures, page, policy, text_html
from contacts.email_selectors import email_find, entries_of, file_content, inline_picture, sent_words
from contacts.forms.email import asked_id
from contacts.models import EmailMessage, Interaction
from contacts.timeline import entry
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.fragments import is_fragment


class EmailView(ProtectedView):
    """The whole mail; as a fragment in the place of its entry, `?show=1` the entry again."""

    permission = "contacts.view_customer"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = email_find(self.user, pk)
        entries = list(entries_of(self.user, message))
        asked = asked_id(request.GET.get("entry", ""))
        shown = next((row for row in entries if row.pk == asked), entries[0])
        shown.email = message
        if is_fragment(request) and request.GET.get("show"):
            context = {"entry": entry(shown, self.user)}
            return render(request, "contacts/timeline_entry.html", context)
        template = "contacts/email_open.html" if is_fragment(request) else "contacts/email.html"
        return render(request, template, self.context(message, shown, entries))

    def context(
        self, message: EmailMessage, shown: Interaction, entries: list[Interaction]
    ) -> dict[str, object]:
        sent = message.outgoing
        state, reason, _moves = sent_words(sent)
        return {
            "message": message,
            "entry": entry(shown, self.user),
            "customer": shown.customer,
            "about": f"{shown.object_type}:{shown.object_id}" if shown.object_type else "",
            "others": [row.customer for row in entries if row.customer_id != shown.customer_id],
            "state": state,
            "reason": reason,
            "text": "" if message.html else text_html(message.text),
            "has_pictures": bool(message.html) and has_remote_pictures(message.html),
            "files": [
                (number, file)
                for number, file in enumerate(message.files)
                if not is_shown_inline(message, file)
            ],
            "can_write": allowed(self.user, "contacts.create_interaction"),
            "can_remove": allowed(self.user, "contacts.delete_interaction", shown),
            "can_send_again": bool(sent and sent.can_retry and sent.actor_id == self.user.pk),
        }


def is_shown_inline(message: EmailMessage, file: dict[str, str]) -> bool:
    content_id = file.get("content_id")
    return bool(content_id and f"cid:{content_id}" in message.html)


class EmailBodyView(ProtectedView):
    """The HTML of a mail, cleaned, under a policy of its own that allows nothing but looking at it."""

    permission = "contacts.view_customer"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        message = email_find(self.user, pk)
        images = request.GET.get("pictures") == "1"
        text = page(message.html, images=images, inline=lambda found: inline_picture(message, found))
        response = HttpResponse(text)
        response.headers["Content-Security-Policy"] = policy(images=images)
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


class EmailFileView(ProtectedView):
    """A file of a mail, as a download only."""

    permission = "contacts.view_customer"

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        name, _kind, content = file_content(email_find(self.user, pk), number)
        response = HttpResponse(content, content_type="application/octet-stream")
        response.headers["Content-Disposition"] = (
            content_disposition_header(as_attachment=True, filename=name) or "attachment"
        )
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
