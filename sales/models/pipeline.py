"""Pipelines and their stages: the way of a deal, as administrators lay it out."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access.grants import grants
from crm.access.querysets import AccessQuerySet
from crm.access.scopes import Scope
from crm.records.models import SoftDeleted, Versioned
from crm.staff.models import User
from crm.texts import visible
from sales.choices import ForecastCategory, StageKind


class PipelineQuerySet(AccessQuerySet["Pipeline"]):
    def visible_to(self, user: User, action: str = "view") -> Self:
        """Pipelines belong to nobody: a scope narrower than all reaches none."""
        reaches_all = grants(user).scope(self.access_object, action) is Scope.ALL
        return self if reaches_all else self.none()


class Pipeline(Versioned, SoftDeleted):
    """A way to sell (new business, renewals), with stages of its own."""

    access_object = "sales.pipeline"

    name = models.CharField(_("name"), max_length=80, validators=[visible])
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = PipelineQuerySet.as_manager()

    class Meta:
        verbose_name = _("pipeline")
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("name",), condition=Q(deleted_at=None), name="pipeline_once"),
        )

    def __str__(self) -> str:
        return self.name


class Stage(SoftDeleted):
    """A step of a pipeline. `probability` in per cent; after `stale_days` without activity a deal in it is stale."""

    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="stages")
    name = models.CharField(_("name"), max_length=60, validators=[visible])
    kind = models.CharField(_("kind"), max_length=4, choices=StageKind, default=StageKind.OPEN)
    probability = models.PositiveSmallIntegerField(_("probability %"), default=0)
    stale_days = models.PositiveSmallIntegerField(_("stale after (days)"), null=True, blank=True)
    forecast_category = models.CharField(
        _("forecast"), max_length=8, choices=ForecastCategory, default=ForecastCategory.PIPELINE
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("stage")
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(probability__lte=100), name="stage_probability"),
            models.UniqueConstraint(
                fields=("pipeline", "kind"),
                condition=Q(deleted_at=None) & ~Q(kind=StageKind.OPEN),
                name="stage_one_end",
            ),
            models.UniqueConstraint(
                fields=("pipeline", "name"), condition=Q(deleted_at=None), name="stage_once"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.kind == StageKind.OPEN


class LossReason(SoftDeleted):
    """Why deals are lost, in words that administrators choose."""

    name = models.CharField(_("name"), max_length=80, validators=[visible])
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("loss reason")
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(fields=("name",), condition=Q(deleted_at=None), name="loss_reason_once"),
        )

    def __str__(self) -> str:
        return self.name
