"""Asking for a discount that goes beyond what somebody may grant, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.records.models import Versioned
from crm.texts import visible
from sales.choices import ApprovalState, approval_tone


class DiscountApprovalQuerySet(AccessQuerySet["DiscountApproval"]):
    pass


class DiscountApproval(Versioned):
    """One request: who may see the deal may see it. Approved, it holds for `terms`: these lines or smaller discounts.

    A term is {product, text, category, quantity, rate, margin} of a line beyond the limit: it lets one line through, of
    so many (or hardly more), at most that discount, at least that margin. The figures beside it are those of the moment
    it was asked: `list_amount` is what all lines cost by the customer's price book, `amount` what they are sold for,
    both in the currency of the deal or the quote; `rate` the largest discount in per cent.
    """

    access_object = "sales.deal"
    access_parent = "deal"

    deal = models.ForeignKey(
        "sales.Deal", on_delete=models.CASCADE, related_name="approvals", verbose_name=_("deal")
    )
    quote = models.ForeignKey(
        "sales.Quote", on_delete=models.CASCADE, null=True, blank=True, related_name="approvals",
        verbose_name=_("quote"),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=9, choices=ApprovalState, default=ApprovalState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    word = models.CharField(_("why"), max_length=1000, blank=True, validators=[visible])
    terms = models.JSONField(default=list)
    rate = models.DecimalField(_("discount %"), max_digits=5, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    list_amount = models.DecimalField(_("by the price book"), max_digits=20, decimal_places=2)
    amount = models.DecimalField(_("sold for"), max_digits=20, decimal_places=2)
    margin_share = models.FloatField(_("margin"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True, validators=[visible])

    objects = DiscountApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("discount approval")
        indexes = (
            models.Index(fields=("deal", "-id"), name="approval_of_deal"),
            models.Index(fields=("-asked_at", "-id"), name="approval_recent"),
            models.Index(fields=("-rate", "-id"), name="approval_by_rate"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("deal",), condition=Q(state=ApprovalState.ASKED), name="approval_asked_once"
            ),
        )

    def __str__(self) -> str:
        return _("%(rate)s %% on %(deal)s") % {"rate": f"{self.rate.normalize():f}", "deal": self.deal}

    @property
    def is_open(self) -> bool:
        return self.state == ApprovalState.ASKED

    @property
    def tone(self) -> str:
        return approval_tone(self.state)
