"""Enrolling many customers, or leads, in a sequence from their list."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Customer
from crm.access.services import allowed
from crm.bulk.actions import Before, ListAction
from crm.records.kinds import Kind
from crm.staff.models import User
from sales.choices import ENROLMENT_OPEN, EnrolmentState
from sales.models import Enrolment
from sales.models import Sequence as SalesSequence
from sales.sequence_forms import BulkEnrolForm
from sales.sequence_selectors import sequences
from sales.services.enrolment import enrolment_stop, sequence_enrol

KINDS = ("contacts.customer", "sales.lead")


class Enrol(ListAction):
    """LIST_ACTIONS entry. Undo stops those for whom nothing went out yet."""

    key = "enrol"
    label = gettext_lazy("Enrol in a sequence")
    icon = "list-checks"
    verb = "view"
    done_label = gettext_lazy("Enrolled")
    left_out = gettext_lazy("in a sequence already, without an e-mail address, or not wishing to get e-mails")

    def fits(self, user: User, kind: Kind) -> bool:
        return kind.key in KINDS and allowed(user, "sales.enrol_sequence")

    def form(self, user: User, kind: Kind, data: Any = None) -> forms.Form:
        return BulkEnrolForm(sequences(user).filter(is_on=True), data)

    def params(self, form: forms.Form) -> dict[str, Any]:
        return {"sequence": form.cleaned_data["sequence"].pk}

    def words(self, user: User, kind: Kind, params: Mapping[str, Any]) -> str:
        return _("Enrolled in %s") % (self.sequence(user, params) or _("a sequence"))

    def sequence(self, user: User, params: Mapping[str, Any]) -> SalesSequence | None:
        return sequences(user).filter(pk=params["sequence"]).first()

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[Any], params: Mapping[str, Any]
    ) -> dict[int, Before]:
        sequence = self.sequence(actor, params)
        if sequence is None:
            return {}
        customers = Customer.objects.filter(pk__in=[row.pk for row in rows], deleted_at=None)
        found: dict[int, Before] = {}
        for customer in customers:
            try:
                enrolment = sequence_enrol(actor=actor, sequence=sequence, customer=customer)
            except (ValidationError, PermissionDenied, Http404):
                continue
            found[customer.pk] = {"enrolment": enrolment.pk}
        return found

    def undo(
        self, *, actor: User, kind: Kind, before: Mapping[int, Before], params: Mapping[str, Any]
    ) -> set[int]:
        made = {held["enrolment"]: pk for pk, held in before.items()}
        rows = Enrolment.objects.filter(pk__in=made, state__in=ENROLMENT_OPEN, runs=None)
        for enrolment in rows.select_related("customer"):
            enrolment_stop(actor=actor, enrolment=enrolment)
        stopped = Enrolment.objects.filter(pk__in=made, state=EnrolmentState.STOPPED, runs=None)
        return {made[pk] for pk in stopped.values_list("pk", flat=True)}
