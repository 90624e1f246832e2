"""Sequences: one-to-one steps of mails, calls and to-dos for a prospect, until the prospect answers."""

import re

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.access.querysets import AccessQuerySet
from crm.records.models import Owned, SoftDeleted, Versioned
from crm.texts import visible
from sales.choices import ENROLMENT_OPEN, EnrolmentState, RunState, StepKind

MOST_DAYS = 365
FIELD = re.compile(r"\{\{.*?\}\}")


class SequenceQuerySet(AccessQuerySet["Sequence"]):
    pass


class Sequence(Versioned, Owned, SoftDeleted):
    """What is done with a prospect, step after step, as long as they do not answer.

    `daily_limit` mails of it leave a day for one sender. Its owner answers for the texts; who enrols somebody sends.
    """

    access_object = "sales.sequence"

    name = models.CharField(_("name"), max_length=80, validators=[visible])
    purpose = models.CharField(_("what it is for"), max_length=200, blank=True)
    is_on = models.BooleanField(_("on"), default=True)
    daily_limit = models.PositiveSmallIntegerField(
        _("mails a day for one sender"),
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
    )

    objects = SequenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("sequence")
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("name",), condition=Q(deleted_at=None), name="sequence_once"),
        )

    def __str__(self) -> str:
        return self.name


class SequenceStep(SoftDeleted):
    """A mail, a call or a to-do, so many working days after the step before it is done.

    The texts of a mail are Liquid over what contacts.services.email_templates offers. A mail with `is_answer` goes on
    in the conversation of the mail before it.
    """

    sequence = models.ForeignKey(Sequence, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=4, choices=StepKind, default=StepKind.MAIL)
    wait_days = models.PositiveSmallIntegerField(
        _("working days to wait"), default=0, validators=[MaxValueValidator(MOST_DAYS)]
    )
    title = models.CharField(_("subject or title"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    is_answer = models.BooleanField(_("answers the mail before"), default=False)

    class Meta:
        verbose_name = _("step")
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(wait_days__lte=MOST_DAYS), name="sequence_step_waits_a_year"),
        )

    def __str__(self) -> str:
        return step_name(self.title, self.kind, self.is_answer)


def step_name(title: str, kind: str, is_answer: bool) -> str:
    """As lists name a step: its title, with … where a field is filled in."""
    if not title:
        return str(_("Answer to the mail before") if is_answer else StepKind(kind).label)
    return FIELD.sub("…", title)


class EnrolmentQuerySet(AccessQuerySet["Enrolment"]):
    pass


class Enrolment(Versioned):
    """A customer in a sequence: `sender` writes and calls, `step` comes next, at `due_at`.

    Without `due_at` it waits for somebody: for a call or a to-do to be done, or, paused, for `reason` to be mended. A
    customer is in one sequence at a time. Seen by who sees the customer.
    """

    access_parent = "customer"

    customer = models.ForeignKey(
        "contacts.Customer", on_delete=models.CASCADE, related_name="enrolments", db_index=False
    )
    sequence = models.ForeignKey(
        Sequence, on_delete=models.PROTECT, related_name="enrolments", db_index=False
    )
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("sender")
    )
    deal = models.ForeignKey(
        "sales.Deal", on_delete=models.SET_NULL, null=True, blank=True, related_name="enrolments"
    )
    address = models.EmailField(_("e-mail"), max_length=320, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=EnrolmentState, default=EnrolmentState.ACTIVE)
    reason = models.CharField(_("why"), max_length=300, blank=True)
    step = models.ForeignKey(
        SequenceStep, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("next step")
    )
    due_at = models.DateTimeField(_("next step due"), null=True)
    started_at = models.DateTimeField(_("enrolled"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        indexes = (
            models.Index(
                fields=("due_at", "id"), name="enrolment_due", condition=Q(state=EnrolmentState.ACTIVE)
            ),
            models.Index(fields=("sequence", "state"), name="enrolment_of_sequence"),
            models.Index(fields=("-started_at", "-id"), name="enrolment_recent"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("customer",), condition=Q(state__in=ENROLMENT_OPEN), name="enrolment_one_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.customer} · {self.sequence}"

    @property
    def is_open(self) -> bool:
        return self.state in ENROLMENT_OPEN


class StepRun(models.Model):
    """A step that was carried out for a customer, once: the mail that was sent, or what was put on the to-do list.

    `answered_at`: the prospect answered after this step and before the next.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="runs")
    step = models.ForeignKey(SequenceStep, on_delete=models.PROTECT, related_name="runs", db_index=False)
    state = models.CharField(_("state"), max_length=7, choices=RunState)
    ran_at = models.DateTimeField(default=timezone.now)
    email = models.ForeignKey("contacts.EmailMessage", on_delete=models.SET_NULL, null=True, related_name="+")
    task = models.ForeignKey("contacts.Task", on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("step", "state"), name="step_run_of_step"),)
        constraints = (models.UniqueConstraint(fields=("enrolment", "step"), name="step_run_once"),)

    def __str__(self) -> str:
        return f"{self.step}: {self.state}"
