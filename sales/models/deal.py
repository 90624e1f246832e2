"""Deals: what might be sold to a customer, their lines, the people and competitors in them, and their way so far."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.records.models import Owned, SoftDeleted, Versioned
from crm.texts import visible
from sales.choices import DealApproval, DealRole, ForecastCategory, StageKind
from sales.models.order import LIMIT

OPEN = Q(state=StageKind.OPEN, deleted_at=None)


class DealQuerySet(AccessQuerySet["Deal"]):
    pass


class Deal(Versioned, Owned, SoftDeleted):
    """Something that might be sold. `payer` is who would pay today: the customer's organisation, else the customer.

    `amount` is in `currency`, the sum of the lines once there are any; `base_amount` in the company's currency at the
    rate of `rated_on`. `state` repeats the kind of the stage. `probability` (per cent) is that of the stage, unless
    `probability_reason` says why not. `next_step` repeats the earliest open task about the deal. At `stale_at` it has
    been without activity (`active_at`) for longer than its stage allows. `close_on` is the day it is expected to be
    closed, and once it is closed that day. `approval` says whether its lines go beyond what its owner may grant.
    """

    access_object = "sales.deal"

    name = models.CharField(_("name"), max_length=200, validators=[visible])
    customer = models.ForeignKey(
        "contacts.Customer", on_delete=models.PROTECT, related_name="deals", verbose_name=_("customer")
    )
    payer = models.ForeignKey("contacts.Customer", on_delete=models.PROTECT, related_name="+")
    pipeline = models.ForeignKey("sales.Pipeline", on_delete=models.PROTECT, related_name="deals")
    stage = models.ForeignKey(
        "sales.Stage",
        on_delete=models.PROTECT,
        related_name="deals",
        verbose_name=_("stage"),
        db_index=False,
    )
    state = models.CharField(_("state"), max_length=4, choices=StageKind, default=StageKind.OPEN)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2, null=True, blank=True)
    base_amount = models.DecimalField(
        _("amount in company currency"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    rated_on = models.DateField(_("rate of"))
    probability = models.PositiveSmallIntegerField(_("probability %"), default=0)
    probability_reason = models.CharField(_("why this probability"), max_length=200, blank=True)
    weighted_amount = models.GeneratedField(
        expression=Round(F("base_amount") * F("probability") / 100, precision=2),
        output_field=models.DecimalField(max_digits=20, decimal_places=2),
        db_persist=True,
    )
    forecast_category = models.CharField(
        _("forecast"), max_length=8, choices=ForecastCategory, default=ForecastCategory.PIPELINE
    )
    close_on = models.DateField(_("expected close"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    stage_since = models.DateTimeField(_("in stage since"), default=timezone.now)
    active_at = models.DateTimeField(_("last activity"), default=timezone.now)
    stale_at = models.DateTimeField(_("stale since"), null=True, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    loss_reason = models.ForeignKey(
        "sales.LossReason",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("loss reason"),
    )
    loss_note = models.CharField(_("what happened"), max_length=500, blank=True)
    #: won, and its order was cancelled or sent back since (sales.services.order)
    is_taken_back = models.BooleanField(default=False, editable=False)
    approval = models.CharField(
        _("discount approval"), max_length=8, choices=DealApproval, blank=True, editable=False
    )
    lead_source = models.CharField(_("lead source"), max_length=60, blank=True)
    external_id = models.CharField(_("id elsewhere"), max_length=120, blank=True)
    description = models.TextField(_("description"), blank=True)
    custom = models.JSONField(default=dict, blank=True, editable=False)

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("deal")
        indexes = (
            models.Index(fields=("stage", "close_on", "id"), name="deal_open_in_stage", condition=OPEN),
            models.Index(fields=("close_on", "id"), name="deal_open_by_close", condition=OPEN),
            models.Index(fields=("owner", "close_on", "id"), name="deal_open_of_owner", condition=OPEN),
            models.Index(fields=("team", "close_on", "id"), name="deal_open_of_team", condition=OPEN),
            models.Index(
                fields=("-closed_at", "-id"),
                name="deal_closed",
                condition=Q(deleted_at=None) & ~Q(state=StageKind.OPEN),
            ),
            models.Index(fields=("-updated_at", "-id"), name="deal_recent"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0, amount__lte=LIMIT), name="deal_amount_in_range"
            ),
            models.CheckConstraint(condition=Q(probability__lte=100), name="deal_probability"),
            models.UniqueConstraint(
                fields=("external_id",), condition=~Q(external_id=""), name="deal_external_once"
            ),
            models.CheckConstraint(
                condition=Q(state=StageKind.OPEN, closed_at=None)
                | (~Q(state=StageKind.OPEN) & Q(closed_at__isnull=False)),
                name="deal_closed_has_moment",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == StageKind.OPEN


class DealLineQuerySet(AccessQuerySet["DealLine"]):
    pass


class DealLine(models.Model):
    """A line: quantity of a product at a unit price, after a discount in per cent.

    `book_amount` is what one cost by the customer's price book when the line was written: discounts count from there.
    """

    access_parent = "deal"

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="lines")
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

    objects = DealLineQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text


class DealPerson(models.Model):
    """A person at the customer and the part they play in the decision."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="people")
    customer = models.ForeignKey("contacts.Customer", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=10, choices=DealRole)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("deal", "customer"), name="deal_person_once"),)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.role}"


class DealCompetitor(models.Model):
    """Who else the customer is talking to."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="competitors")
    name = models.CharField(_("competitor"), max_length=120, validators=[visible])
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("deal", "name"), name="deal_competitor_once"),)

    def __str__(self) -> str:
        return self.name


class StageChange(models.Model):
    """A step of a deal from one stage to the next; the first one comes from nowhere.

    `seconds` were spent in the stage that was left. What the deal was before stands beside it, so that the step can be
    undone; one that was undone counts nowhere.
    """

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="stage_changes")
    from_stage = models.ForeignKey("sales.Stage", on_delete=models.PROTECT, null=True, related_name="+")
    to_stage = models.ForeignKey("sales.Stage", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    seconds = models.PositiveBigIntegerField(default=0)
    base_amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("changed_at", "pk")
        indexes = (models.Index(fields=("changed_at",), name="stage_change_at"),)

    def __str__(self) -> str:
        return f"{self.from_stage_id} -> {self.to_stage_id}"
