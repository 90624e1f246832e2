"""The PDF of a quote: made by a job from what the quote says, and kept under a random name."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.jobs.services import enqueue
from crm.pdf.errors import PdfProblem
from crm.pdf.rendering import render
from crm.staff.models import User
from sales.choices import FileState
from sales.models import Quote
from sales.quote_document import document_data
from sales.services.quote import MAKE_FILE, locked_quote


def quote_file_make(pk: int) -> str:
    """Make it, unless it is there; returns the state. One that changed meanwhile waits for the job of that change."""
    quote = Quote.objects.get(pk=pk)
    if quote.file_state == FileState.READY:
        return quote.file_state
    data = document_data(quote)
    try:
        content = made_of(data)
    except PdfProblem as fault:
        Quote.objects.filter(pk=pk).update(file_state=FileState.FAILED, file_error=str(fault)[:300])
        raise ValidationError(str(fault)) from fault
    with transaction.atomic():
        quote = locked_quote(quote, None)
        if quote.file_state != FileState.READY and document_data(quote) == data:
            quote.file.save(quote.file_name, ContentFile(content), save=False)
            quote.file_state, quote.file_error = FileState.READY, ""
            quote.save(update_fields=["file", "file_state", "file_error"])
    return quote.file_state


def made_of(data: dict[str, Any]) -> bytes:
    """A logo that cannot be set must not keep a quote from its customer. Raises PdfProblem."""
    try:
        return render("quote", data)
    except PdfProblem:
        if data["logo"] is None:
            raise
        return render("quote", data | {"logo": None})


@transaction.atomic
def quote_file_retry(*, actor: User, quote: Quote) -> Quote:
    """Have a PDF that failed made again."""
    require(actor, "sales.edit_deal", quote.deal)
    quote = locked_quote(quote, None)
    if quote.file_state != FileState.FAILED:
        raise ValidationError(_("The PDF is there, or it is being made."))
    quote.file_state, quote.file_error = FileState.WAITING, ""
    quote.save(update_fields=["file_state", "file_error"])
    enqueue(MAKE_FILE, quote.pk, actor=actor)
    return quote
