"""Leads: customers who might buy for the first time, and how fast somebody turns to them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.choices import LeadStatus
from crm.access.querysets import AccessQuerySet
from crm.records.models import Owned, Versioned
from sales.choices import DisqualifyReason

WAITING = Q(status__in=(LeadStatus.NEW, LeadStatus.WORKING))


class LeadQuerySet(AccessQuerySet["Lead"]):
    pass


class Lead(Versioned, Owned):
    """The lead that a customer is or was: kept from `Customer.lead_status`, never a copy of the customer.

    The first touch is due at `due_at`, so many minutes of business hours after the lead came; `touched_at` is when
    somebody first called, met or wrote. `deal` is what it became.
    """

    access_object = "sales.lead"

    customer = models.OneToOneField(
        "contacts.Customer", on_delete=models.CASCADE, primary_key=True, related_name="lead"
    )
    status = models.CharField(_("status"), max_length=12, choices=LeadStatus, default=LeadStatus.NEW)
    source = models.CharField(_("lead source"), max_length=60, blank=True)
    came_at = models.DateTimeField(_("came"), default=timezone.now)
    due_at = models.DateTimeField(_("first touch due"), null=True, blank=True)
    touched_at = models.DateTimeField(_("first touch"), null=True, blank=True)
    touch_minutes = models.PositiveIntegerField(
        _("first touch after (business minutes)"), null=True, blank=True
    )
    reason = models.CharField(_("why disqualified"), max_length=12, choices=DisqualifyReason, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    deal = models.ForeignKey(
        "sales.Deal",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("deal"),
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        indexes = (
            models.Index(fields=("-came_at", "-customer"), name="lead_recent"),
            models.Index(fields=("owner", "-came_at", "-customer"), name="lead_of_owner"),
            models.Index(fields=("team", "-came_at", "-customer"), name="lead_of_team"),
            models.Index(
                fields=("due_at", "customer"), name="lead_untouched", condition=WAITING & Q(touched_at=None)
            ),
        )

    def __str__(self) -> str:
        return str(self.customer)

    @property
    def is_waiting(self) -> bool:
        return self.status in (LeadStatus.NEW, LeadStatus.WORKING)


class LeadPolicy(Versioned):
    """How soon a lead is to be touched; a single row with id 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    first_touch_minutes = models.PositiveIntegerField(_("first touch within (minutes)"), default=240)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="lead_policy_is_one_row"),)

    def __str__(self) -> str:
        return f"{self.first_touch_minutes} min"


class LeadRule(Versioned):
    """Who gets the leads that a rule over customers finds: a pool by its turns, a person, or a team. First match wins.

    It is asked with the rights of `saved_by`.
    """

    name = models.CharField(_("name"), max_length=80)
    rule = models.JSONField(default=dict, blank=True)
    pool = models.ForeignKey(
        "assignment.Pool",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pool"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=_("person"),
    )  # fmt: skip
    team = models.ForeignKey(
        "staff.Team",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
    )
    position = models.PositiveSmallIntegerField(default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("lead rule")
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(pool__isnull=False, owner=None, team=None)
                | Q(pool=None, owner__isnull=False, team=None)
                | Q(pool=None, owner=None, team__isnull=False),
                name="lead_rule_gives_to_one",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def taker(self) -> str:
        return str(self.pool or self.owner or self.team)
