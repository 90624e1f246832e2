"""Price books: what certain customers pay instead of the list price."""

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.choices import CustomerKind, RfmGroup
from crm.access.querysets import AccessQuerySet
from crm.access.unowned import Unowned, UnownedQuerySet
from crm.money.currencies import DECIMALS
from crm.records.models import SoftDeleted, Versioned
from crm.texts import visible
from crm.world import country_choices


class PriceBook(Unowned, Versioned, SoftDeleted):
    """Prices in one currency for a time and for some customers; what is left empty holds for all of them.

    Of several books that fit, the one that says most of the customer counts, then the one that began last.
    """

    access_object = "sales.pricebook"

    name = models.CharField(_("name"), max_length=100, validators=[visible])
    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    rfm_group = models.CharField(_("RFM group"), max_length=20, choices=RfmGroup, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=country_choices, blank=True)
    customer_kind = models.CharField(_("kind of customer"), max_length=12, choices=CustomerKind, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[UnownedQuerySet["PriceBook"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (models.Index(fields=("name", "id"), name="price_book_by_name"),)
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
    def says(self) -> int:
        """How much it says of the customers it is for."""
        return sum(bool(part) for part in (self.rfm_group, self.country, self.customer_kind))

    @property
    def began(self) -> date:
        return self.valid_from or date.min


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
    """Up to which discount a role may go without approval, in a category of products or (empty) in all others."""

    access_object = "sales.discountlimit"

    role = models.ForeignKey(
        "access.Role", on_delete=models.CASCADE, related_name="+", verbose_name=_("role")
    )
    category = models.CharField(_("category"), max_length=60, blank=True)
    limit_rate = models.DecimalField(_("discount up to %"), max_digits=5, decimal_places=2)

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
        )

    def __str__(self) -> str:
        return f"{self.role}: {self.category or _('all categories')}"
