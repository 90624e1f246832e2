"""Out of office: one's own, who else is away, and entering a colleague by those who may."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.calendars.forms import AbsenceForm
from crm.calendars.models import Absence
from crm.calendars.selectors import absence_find, absences, day_of
from crm.calendars.services import absence_create, absence_delete
from crm.staff.models import User
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once

OTHERS_SHOWN = 200


def may_enter_others(user: User) -> bool:
    return grants(user).scope("calendars.absence", "edit") > Scope.OWN


class AbsenceListView(ProtectedView):
    permission = "calendars.view_absence"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, AbsenceForm(user=self.user, for_others=may_enter_others(self.user)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AbsenceForm(request.POST, user=self.user, for_others=may_enter_others(self.user))
        if not form.is_valid():
            return self.page(request, form, status=422)
        try:
            submit_once(
                actor=self.user,
                sent=sent_form(request),
                create=lambda: absence_create(actor=self.user, **form.values()),
            )
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.page(request, form, status=422)
        except SentBefore as fault:
            form.add_error(None, fault.text)
            return self.page(request, form, status=422)
        messages.success(request, _("Noted."))
        return redirect("calendars:absence-list")

    def page(self, request: HttpRequest, form: AbsenceForm, status: int = 200) -> HttpResponse:
        today = day_of(self.user)
        coming = absences(self.user).filter(ends_on__gte=today).order_by("starts_on", "pk")
        context = {
            "form": form,
            "can_create": allowed(self.user, "calendars.create_absence"),
            "mine": list(coming.filter(owner=self.user)),
            "others": [self.told(row) for row in coming.exclude(owner=self.user)[:OTHERS_SHOWN]],
            "today": today,
        }
        return render(request, "calendars/absences.html", context, status=status)

    def told(self, row: Absence) -> Absence:
        row.can_delete = allowed(self.user, "calendars.delete_absence", row)  # type: ignore[attr-defined]
        return row


class AbsenceDeleteView(ProtectedView):
    permission = "calendars.delete_absence"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        absence = absence_find(self.user, pk)
        absence_delete(actor=self.user, absence=absence)
        messages.success(request, _("%s is in the office.") % absence.owner)
        return redirect("calendars:absence-list")
