from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.records.models import Owned, SoftDeleted, Versioned


class MachineQuerySet(AccessQuerySet["Machine"]):
    pass


class Machine(Versioned, Owned, SoftDeleted):
    """A coffee machine that was lent to a customer."""

    access_object = "sample.machine"

    name = models.CharField(_("name"), max_length=100)
    state = models.CharField(
        _("state"), max_length=10, choices=[("lent", _("Lent")), ("here", _("Here"))], default="here"
    )
    customer = models.ForeignKey(
        "contacts.Customer", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, null=True, blank=True)
    bought_on = models.DateField(_("bought on"), null=True, blank=True)
    custom = models.JSONField(default=dict, blank=True, editable=False)

    objects = MachineQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("name", "id"), name="machine_by_name"),)

    def __str__(self) -> str:
        return self.name
