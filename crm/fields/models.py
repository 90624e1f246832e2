"""Fields that an administrator adds to a kind of record; their values stand in the record's `custom` column."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.fields.types import FieldType
from crm.records.models import SoftDeleted, Versioned


class CustomField(Versioned, SoftDeleted):
    """`key` names the value in the records' `custom`; it never changes and is never used again.

    `choices` is [[key, label], ...]; `target_kind` says which records a record field may name.
    """

    kind = models.CharField(_("kind of record"), max_length=60)
    key = models.SlugField(_("key"), max_length=40)
    label = models.CharField(_("label"), max_length=80)
    type = models.CharField(_("type"), max_length=10, choices=FieldType)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    target_kind = models.CharField(max_length=60, blank=True)
    hint = models.CharField(_("hint"), max_length=200, blank=True)
    is_required = models.BooleanField(_("required"), default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[tuple[str, ...]] = ("kind", "position", "pk")
        constraints = (models.UniqueConstraint(fields=("kind", "key"), name="custom_field_once"),)

    def __str__(self) -> str:
        return self.label
