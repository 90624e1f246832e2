"""Price books: what certain customers pay instead of the list price."""

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.access.unowned import Unowned, UnownedQuerySet
from crm.money.currencies import DECIMALS
from crm.records.models import SoftDeleted, Versioned
from crm.texts import visible


class PriceBook(Unowned, Versioned, SoftDeleted):
    """Prices in one currency for a time and for the customers that a rule finds; an empty rule finds all.

    Of several books that fit, the one of the smallest `priority` counts, then the one that began last. The rule is
    asked of the payer, by nobody in particular (sales.book_rules): a price does not depend on who looks.
    """

    access_object = "sales.pricebook"

    name = models.CharField(_("name"), max_length=100, validators=[visible])
    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=100, validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    rule = models.JSONField(_("who gets it"), default=dict, blank=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[UnownedQuerySet["PriceBook"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (
            models.Index(fields=("name", "id"), name="price_book_by_name"),
            models.Index(fields=("priority", "id"), name="price_book_by_priority"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="price_book_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.currency not in DECIMALS:
            raise ValidationError({"currency": _("There is no such currency.")})

    @property
    def began(self) -> date:
        return self.valid_from or date.min

    @property
    def order(self) -> tuple[int, int, int]:
        """The first one counts."""
        return self.priority, -self.began.toordinal(), -self.pk

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or self.valid_to >= day
        )


class PriceBookEntryQuerySet(AccessQuerySet["PriceBookEntry"]):
    pass


class PriceBookEntry(Versioned, SoftDeleted):
    """What one of a product costs in a book, from a quantity on."""

    access_object = "sales.pricebook"
    access_parent = "book"

    book = models.ForeignKey(PriceBook, on_delete=models.CASCADE, related_name="entries")
    product = models.ForeignKey("sales.Product", on_delete=models.PROTECT, related_name="book_prices")
    from_quantity = models.DecimalField(
        _("from quantity"), max_digits=12, decimal_places=3, default=1, validators=[MinValueValidator(0)]
    )
    unit_amount = models.DecimalField(
        _("unit price"), max_digits=16, decimal_places=4, validators=[MinValueValidator(0)]
    )

    objects = PriceBookEntryQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("book", "product", "from_quantity"),
                condition=Q(deleted_at=None),
                name="price_book_entry_once",
                violation_error_message=_("This book has a price from this quantity on already."),
            ),
            models.CheckConstraint(condition=Q(unit_amount__gte=0), name="price_book_entry_costs_something"),
        )

    def __str__(self) -> str:
        return f"{self.product} · {self.book}"


class DiscountLimit(Unowned, Versioned, SoftDeleted):
    """How far a role may go without approval, in a category of products or (empty) in all others.

    `margin_rate` is what must be left of a line when its cost is paid; empty: nothing in particular.
    """

    access_object = "sales.discountlimit"

    role = models.ForeignKey(
        "access.Role", on_delete=models.CASCADE, related_name="+", verbose_name=_("role")
    )
    category = models.CharField(_("category"), max_length=60, blank=True)
    limit_rate = models.DecimalField(_("discount up to %"), max_digits=5, decimal_places=2)
    margin_rate = models.DecimalField(
        _("margin of at least %"), max_digits=5, decimal_places=2, null=True, blank=True
    )

    objects: ClassVar[UnownedQuerySet["DiscountLimit"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("role", "category"),
                condition=Q(deleted_at=None),
                name="discount_limit_once",
                violation_error_message=_("This role has a limit for this category already."),
            ),
            models.CheckConstraint(
                condition=Q(limit_rate__gte=0, limit_rate__lte=100),
                name="discount_limit_is_share",
                violation_error_message=_("A discount lies between 0 and 100 per cent."),
            ),
            models.CheckConstraint(
                condition=Q(margin_rate=None) | Q(margin_rate__gte=0, margin_rate__lte=100),
                name="discount_limit_margin_is_share",
                violation_error_message=_("A margin lies between 0 and 100 per cent."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.role}: {self.category or _('all categories')}"
