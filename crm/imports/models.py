"""An import: its file, how far it got, what was wrong with it, and what is needed to take it back."""

from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access.grants import grants
from crm.access.querysets import AccessQuerySet
from crm.access.scopes import Scope
from crm.imports.choices import OPEN_STATES, STARTABLE_STATES, UNDOABLE_STATES, RunState
from crm.staff.models import User


class ImportRunQuerySet(AccessQuerySet["ImportRun"]):
    def visible_to(self, user: User, action: str = "view") -> Self:
        """As everywhere; who started an import owns it."""
        scope = grants(user).scope(self.model.access_object, action)
        if scope in (Scope.ALL, Scope.NONE):
            return self if scope is Scope.ALL else self.none()
        return self.filter(models.Q(actor=user) | models.Q(team_id__in=grants(user).teams(scope)))


class ImportRun(models.Model):
    """One file on its way into the program. `cursor` moves in the transaction of the rows it counts."""

    access_object = "imports.import"

    kind = models.CharField(_("kind"), max_length=40)
    source = models.CharField(_("source"), max_length=60)
    filename = models.CharField(_("file"), max_length=200)
    file = models.FileField(upload_to="imports/%Y/%m", max_length=200, blank=True)
    path = models.CharField(max_length=500, blank=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    bad_rows = models.FileField(upload_to="imports/%Y/%m", max_length=200, blank=True)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    meanings = models.JSONField(default=dict)  # {field: {text of the file: key of what it means}}
    skip_bad = models.BooleanField(_("leave bad rows out"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=RunState, default=RunState.UPLOADED)
    cursor = models.BigIntegerField(default=0)
    end = models.BigIntegerField(default=0)
    total = models.BigIntegerField(_("records"), default=0)
    new = models.BigIntegerField(_("new records"), default=0)
    new_customers = models.BigIntegerField(_("new customers"), default=0)
    rows = models.BigIntegerField(_("rows"), default=0)
    bad = models.BigIntegerField(_("bad rows"), default=0)
    problems_count = models.BigIntegerField(_("problems"), default=0)
    created = models.BigIntegerField(_("created"), default=0)
    updated = models.BigIntegerField(_("updated"), default=0)
    unchanged = models.BigIntegerField(_("unchanged"), default=0)
    created_customers = models.BigIntegerField(_("customers created"), default=0)
    notes = models.JSONField(default=list)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("staff.Team", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[ImportRunQuerySet] = ImportRunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = (
            models.Index(fields=("fingerprint",), name="import_of_file", condition=~models.Q(fingerprint="")),
        )

    def __str__(self) -> str:
        return self.filename

    @property
    def owner_id(self) -> int | None:
        return self.actor_id

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def can_start(self) -> bool:
        return self.state in STARTABLE_STATES and self.total > 0

    @property
    def can_undo(self) -> bool:
        return self.state in UNDOABLE_STATES


class ImportBatch(models.Model):
    """What one chunk created: written in the chunk's own transaction, once per run and number."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="batches", db_index=False)
    number = models.BigIntegerField()
    created_ids = ArrayField(models.BigIntegerField(), default=list)
    customer_ids = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "number"), name="import_batch_once"),)

    def __str__(self) -> str:
        return f"{self.run_id}: {self.number}"


class ImportBefore(models.Model):
    """A record as it stood before the import changed it, and the version the import gave it."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="befores", db_index=False)
    object_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    before = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "object_id"), name="import_before_once"),)

    def __str__(self) -> str:
        return f"{self.run_id}: {self.object_id}"


class ImportProblem(models.Model):
    """What is wrong in one cell, in words; row 1 is the header. The first PROBLEMS_KEPT are kept."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems", db_index=False)
    row = models.BigIntegerField()
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=300)

    class Meta:
        ordering = ("row", "pk")
        indexes = (models.Index(fields=("run", "row", "id"), name="import_problem_of_run"),)

    def __str__(self) -> str:
        return f"{self.row} {self.column}: {self.message}"
