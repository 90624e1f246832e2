"""People and organisations: one table, and what identifies them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.choices import CustomerKind, LeadStatus, PointKind, RelationshipKind
from crm.access.querysets import AccessQuerySet
from crm.records.models import Owned, SoftDeleted, Versioned
from crm.texts import visible
from crm.world import country_choices, language_choices

ALIVE = Q(deleted_at=None)


class TagManager(models.Manager["Tag"]):
    """Those that are not deleted; a deleted one keeps its customers, so that it comes back with them."""

    def get_queryset(self) -> "models.QuerySet[Tag]":
        return super().get_queryset().filter(deleted_at=None)


class Tag(Versioned, SoftDeleted):
    name = models.CharField(_("name"), max_length=50, validators=[visible])

    objects = TagManager()

    class Meta:
        verbose_name = _("tag")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("name",), condition=ALIVE, name="tag_once"),)

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(AccessQuerySet["Customer"]):
    def alive(self) -> "CustomerQuerySet":
        return self.filter(deleted_at=None)


class Customer(Versioned, Owned, SoftDeleted):
    """A person or an organisation; everything else in the program hangs on it with one key."""

    access_object = "contacts.customer"
    field_groups = dict.fromkeys(("purpose", "channel", "is_given", "wording", "proof"), "privacy")

    kind = models.CharField(_("type"), max_length=12, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(_("name"), max_length=200, validators=[visible])
    sort_name = models.CharField(max_length=200, editable=False)
    organisation = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisation"),
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, choices=country_choices, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=language_choices, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    lead_status = models.CharField(_("lead status"), max_length=12, choices=LeadStatus, blank=True)
    custom = models.JSONField(default=dict, blank=True, editable=False)
    tags = models.ManyToManyField(Tag, related_name="customers", blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("id",), name="customer_alive", condition=ALIVE),
            models.Index(fields=("-updated_at", "-id"), name="customer_recent", condition=ALIVE),
            models.Index(fields=("sort_name", "id"), name="customer_by_name", condition=ALIVE),
            models.Index(fields=("owner", "-updated_at", "-id"), name="customer_of_owner", condition=ALIVE),
            models.Index(fields=("team", "-updated_at", "-id"), name="customer_of_team", condition=ALIVE),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_person(self) -> bool:
        return self.kind == CustomerKind.PERSON

    @property
    def payer_id(self) -> int:
        """Who pays for an order placed today: the organisation a person works for, else the person."""
        employer = self.organisation
        return employer.pk if employer and employer.deleted_at is None else self.pk


class ContactPointQuerySet(AccessQuerySet["ContactPoint"]):
    pass


class ContactPoint(models.Model):
    """A way to reach a customer; `value` is normalised (lower-cased e-mail, E.164 phone), `shown` as it was typed."""

    access_parent = "customer"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=8, choices=PointKind)
    value = models.CharField(_("value"), max_length=254)
    shown = models.CharField(max_length=254)
    is_primary = models.BooleanField(_("primary"), default=False)
    is_bounced = models.BooleanField(_("bounced"), default=False)
    is_verified = models.BooleanField(_("verified"), default=False)

    objects = ContactPointQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("kind", "value"), name="point_value"),)
        constraints = (
            models.UniqueConstraint(fields=("customer", "kind", "value"), name="point_once"),
            models.UniqueConstraint(
                fields=("customer", "kind"), condition=Q(is_primary=True), name="point_one_primary"
            ),
        )

    def __str__(self) -> str:
        return self.shown


class ExternalId(models.Model):
    """The customer's id in another system; `source` names the system."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="external_ids")
    source = models.CharField(_("source"), max_length=60)
    value = models.CharField(_("id"), max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("source", "value"), name="external_id_once"),)

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"


class Relationship(models.Model):
    """Read from left to right: `from_customer` works for `to_customer`."""

    from_customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relationships")
    to_customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="inverse_relationships")
    kind = models.CharField(_("kind"), max_length=12, choices=RelationshipKind)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("from_customer", "to_customer", "kind"), name="relationship_once"
            ),
            models.CheckConstraint(
                condition=~Q(from_customer=models.F("to_customer")), name="relationship_not_with_oneself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.from_customer_id} {self.kind} {self.to_customer_id}"
