"""Prospects in sequences: the list of them, enrolling one, and pausing, taking up, skipping, stopping."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Customer
from contacts.selectors import customer_find
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.back import back
from crm.dialogs import render_dialog
from crm.lists.views import RecordListView
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once
from sales.choices import StageKind
from sales.deal_forms import refuse
from sales.models import Enrolment
from sales.selectors import deals
from sales.sequence_forms import EnrolForm
from sales.sequence_kind import ENROLMENTS
from sales.sequence_selectors import enrolment_find, sequences
from sales.services.enrolment import (
    enrolment_pause,
    enrolment_resume,
    enrolment_skip,
    enrolment_stop,
    sequence_enrol,
)


class EnrolmentListView(RecordListView):
    permission = "sales.view_sequence"
    kind = ENROLMENTS
    empty_template = "sales/enrolment_list_empty.html"


class EnrolmentRecordView(ProtectedView):
    """An enrolment is read on the page of its customer."""

    permission = "sales.view_sequence"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("contacts:customer-record", enrolment_find(self.user, pk).customer_id)


class EnrolView(ProtectedView):
    """The customer into a sequence; the first mail is shown as it would go out."""

    permission = "sales.enrol_sequence"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        return self.dialog(customer, self.form(customer, None))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = customer_find(self.user, pk)
        form = self.form(customer, request.POST)
        if form.is_valid():
            try:
                enrolment = submit_once(
                    actor=self.user, sent=sent_form(request), create=lambda: self.enrol(customer, form)
                )
            except ValidationError as fault:
                refuse(form, fault)
            except SentBefore as fault:
                form.add_error(None, fault.text)
            else:
                names = {"customer": customer, "sequence": enrolment.sequence}
                return back(request, _("%(customer)s is in %(sequence)s now.") % names, home(customer))
        return self.dialog(customer, form, status=422)

    def enrol(self, customer: Customer, form: EnrolForm) -> Enrolment:
        values = form.cleaned_data
        return sequence_enrol(
            actor=self.user,
            sequence=values["sequence"],
            customer=customer,
            address=values.get("address", ""),
            deal=values.get("deal"),
        )

    def form(self, customer: Customer, data: Any) -> EnrolForm:
        return EnrolForm(
            data,
            customer=customer,
            offered=sequences(self.user).filter(is_on=True),
            deals=deals(self.user).filter(customer=customer, state=StageKind.OPEN),
        )

    def dialog(self, customer: Customer, form: EnrolForm, *, status: int = 200) -> HttpResponse:
        context = {
            "customer": customer,
            "form": form,
            "can_create": allowed(self.user, "sales.create_sequence"),
        }
        return render_dialog(self.request, "sales/enrol.html", context, status=status)


def home(customer: Customer) -> str:
    return reverse("contacts:customer-record", args=[customer.pk])


class EnrolmentStepView(ProtectedView):
    """One verb on an enrolment, from the panel or the list."""

    permission = "sales.enrol_sequence"
    service: ClassVar[Any]
    text: ClassVar[Any]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        enrolment = enrolment_find(self.user, pk)
        try:
            type(self).service(actor=self.user, enrolment=enrolment)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
            return redirect(home(enrolment.customer))
        return back(request, self.text % enrolment.customer, home(enrolment.customer))


class EnrolmentPauseView(EnrolmentStepView):
    service = enrolment_pause
    text = gettext_lazy("%s is paused.")


class EnrolmentResumeView(EnrolmentStepView):
    service = enrolment_resume
    text = gettext_lazy("%s goes on.")


class EnrolmentSkipView(EnrolmentStepView):
    service = enrolment_skip
    text = gettext_lazy("A step was skipped for %s.")


class EnrolmentStopView(EnrolmentStepView):
    service = enrolment_stop
    text = gettext_lazy("%s is out of the sequence.")
