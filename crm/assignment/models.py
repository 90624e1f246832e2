"""Pools: people who share incoming work, and whose turn it is."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.access.unowned import Unowned, UnownedQuerySet
from crm.assignment.rules import WEIGHTS
from crm.records.models import Versioned


class Pool(Unowned, Versioned):
    """`clock` is how far the turns of its members have moved on (crm.assignment.rules)."""

    class Rule(models.TextChoices):
        TURNS = "turns", _("In turn")
        LOAD = "load", _("Whoever has the least open work")

    access_object = "assignment.pool"

    name = models.CharField(_("name"), max_length=100, unique=True)
    rule = models.CharField(_("rule"), max_length=10, choices=Rule, default=Rule.TURNS)
    clock = models.BigIntegerField(default=0, editable=False)

    objects: ClassVar[UnownedQuerySet["Pool"]] = UnownedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PoolMember(models.Model):
    access_parent = "pool"

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    weight = models.PositiveSmallIntegerField(
        _("share"), default=1, validators=(MinValueValidator(WEIGHTS[0]), MaxValueValidator(WEIGHTS[-1]))
    )
    capacity = models.PositiveIntegerField(_("at most open"), null=True, blank=True)
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    is_paused = models.BooleanField(_("takes nothing new"), default=False)
    turn = models.BigIntegerField(default=0, editable=False)
    given = models.PositiveBigIntegerField(default=0, editable=False)
    given_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[AccessQuerySet["PoolMember"]] = AccessQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("user__name", "user_id")
        constraints = (models.UniqueConstraint(fields=("pool", "user"), name="pool_member_once"),)

    def __str__(self) -> str:
        return f"{self.pool}: {self.user}"
