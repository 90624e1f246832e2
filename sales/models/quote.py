"""Quotes: what is offered to a customer for a deal, on which terms, and what came of it."""

import secrets
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.company.selectors import company_day
from crm.records.models import Versioned
from crm.texts import visible
from sales.choices import FileState, QuoteStatus, quote_tone
from sales.models.order import LIMIT


def file_path(instance: "Quote", filename: str) -> str:
    """A random name: who knows a quote's number does not know where its file lies."""
    return f"quotes/{secrets.token_hex(16)}.pdf"


class QuoteQuerySet(AccessQuerySet["Quote"]):
    pass


class Quote(Versioned):
    """An offer for a deal; who may see the deal may see it. Sent, it never changes: a new edition replaces it.

    `number` is shared by its editions (`edition` 1, 2, ...). Receiver, sender and lines are those of the moment it was
    written. `net_amount` is the sum of the lines, `base_amount` that in the company's currency at the rate of
    `rated_on`. The link is derived from `token_seed` and found by `token_hash` (crm.publicforms.tokens).
    """

    access_object = "sales.deal"
    access_parent = "deal"

    deal = models.ForeignKey(
        "sales.Deal", on_delete=models.PROTECT, related_name="quotes", verbose_name=_("deal")
    )
    number = models.CharField(_("number"), max_length=20)
    edition = models.PositiveSmallIntegerField(_("version"), default=1)
    status = models.CharField(_("status"), max_length=10, choices=QuoteStatus, default=QuoteStatus.DRAFT)
    title = models.CharField(_("title"), max_length=200, validators=[visible])
    valid_until = models.DateField(_("valid until"))
    currency = models.CharField(_("currency"), max_length=3)
    tax_rate = models.DecimalField(_("tax %"), max_digits=5, decimal_places=2, default=0)
    net_amount = models.DecimalField(_("net amount"), max_digits=16, decimal_places=2)
    tax_amount = models.DecimalField(_("tax"), max_digits=16, decimal_places=2)
    total_amount = models.DecimalField(_("total"), max_digits=16, decimal_places=2)
    base_amount = models.DecimalField(_("net in company currency"), max_digits=20, decimal_places=2)
    rated_on = models.DateField(_("rate of"))
    receiver_name = models.CharField(_("for whom"), max_length=200, validators=[visible])
    receiver_address = models.TextField(_("their address"), max_length=500, blank=True, validators=[visible])
    sender_name = models.CharField(_("sender"), max_length=150)
    sender_address = models.TextField(_("sender's address"), blank=True)
    intro = models.TextField(_("introduction"), max_length=10_000, blank=True, validators=[visible])
    terms = models.TextField(_("terms"), max_length=10_000, blank=True, validators=[visible])
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_to = models.EmailField(_("sent to"), max_length=320, blank=True)
    opened_at = models.DateTimeField(_("first opened"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=200, blank=True)
    answered_ip = models.GenericIPAddressField(_("answered from"), null=True, blank=True)
    answer_note = models.CharField(_("what they said"), max_length=1000, blank=True)
    order_reference = models.CharField(_("their order number"), max_length=100, blank=True)
    token_seed = models.CharField(max_length=32, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    file = models.FileField(upload_to=file_path, max_length=100, blank=True, editable=False)
    file_state = models.CharField(max_length=7, choices=FileState, default=FileState.WAITING, editable=False)
    file_error = models.CharField(max_length=300, blank=True, editable=False)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        indexes = (
            models.Index(fields=("deal", "-id"), name="quote_of_deal"),
            models.Index(fields=("-updated_at", "-id"), name="quote_recent"),
            models.Index(fields=("valid_until",), name="quote_waiting", condition=Q(status=QuoteStatus.SENT)),
        )
        constraints = (
            models.UniqueConstraint(fields=("number", "edition"), name="quote_edition_once"),
            models.UniqueConstraint(
                fields=("number",),
                condition=Q(status__in=(QuoteStatus.DRAFT, QuoteStatus.SENT)),
                name="quote_one_open_edition",
            ),
            models.CheckConstraint(
                condition=Q(net_amount__gte=0, net_amount__lte=LIMIT), name="quote_amount_in_range"
            ),
            models.CheckConstraint(condition=Q(tax_rate__gte=0, tax_rate__lte=100), name="quote_tax_rate"),
        )

    def __str__(self) -> str:
        return self.number if self.edition == 1 else f"{self.number}-{self.edition}"

    @property
    def is_draft(self) -> bool:
        return self.status == QuoteStatus.DRAFT

    @property
    def status_now(self) -> QuoteStatus:
        """One that is past its day has expired at once, before any job says so."""
        found = QuoteStatus(self.status)
        return QuoteStatus.EXPIRED if found is QuoteStatus.SENT and is_over(self.valid_until) else found

    @property
    def tone(self) -> str:
        return quote_tone(self.status_now)

    @property
    def file_name(self) -> str:
        return f"{self}.pdf"


def is_over(valid_until: date) -> bool:
    return valid_until < company_day()


class QuoteLineQuerySet(AccessQuerySet["QuoteLine"]):
    pass


class QuoteLine(models.Model):
    """A line: quantity of a product at a unit price, after a discount in per cent.

    `book_amount` is what one cost by the customer's price book when the line was written: discounts count from there.
    """

    access_parent = "quote"

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(
        "sales.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.CharField(_("text"), max_length=200, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    unit_amount = models.DecimalField(_("unit price"), max_digits=20, decimal_places=4)
    discount_rate = models.DecimalField(_("discount %"), max_digits=5, decimal_places=2, default=0)
    line_amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    book_amount = models.DecimalField(
        _("price of the book"), max_digits=20, decimal_places=4, null=True, blank=True
    )

    objects = QuoteLineQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text
