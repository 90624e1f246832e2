"""Running an automation by hand, for many records at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.services import allowed
from crm.automation.errors import AutomationFault
from crm.automation.matching import check_automation, matching
from crm.automation.models import Automation
from crm.automation.selectors import runnable
from crm.automation.services.by_hand import event_reserve, runs_ask
from crm.bulk.actions import Before, ListAction
from crm.records.kinds import Kind
from crm.staff.models import User


class RunForm(forms.Form):
    automation = forms.ModelChoiceField(
        Automation.objects.none(),
        label=gettext_lazy("Automation"),
        help_text=gettext_lazy(
            "It runs for those of them that its rule matches, with the rights of its owner."
        ),
        empty_label=None,
    )

    def __init__(self, user: User, kind: Kind, data: Any = None) -> None:
        super().__init__(data)
        self.fields["automation"].queryset = runnable(user, kind)  # type: ignore[attr-defined]

    def clean_automation(self) -> Automation:
        """One that cannot be done any more says why, instead of being switched off by it."""
        found: Automation = self.cleaned_data["automation"]
        try:
            check_automation(found)
            matching(found)
        except AutomationFault as fault:
            raise ValidationError(fault.text) from fault
        return found


class RunAutomation(ListAction):
    """LIST_ACTIONS entry. It writes runs, which the worker does like all others; so there is nothing to undo."""

    key = "automate"
    label = gettext_lazy("Run automation")
    icon = "zap"
    verb = "view"
    can_undo = False
    done_label = gettext_lazy("Begun")
    left_out = gettext_lazy("its rule does not match them, or its owner may not see them")

    def fits(self, user: User, kind: Kind) -> bool:
        return allowed(user, "automation.run_automation") and runnable(user, kind).exists()

    def form(self, user: User, kind: Kind, data: Any = None) -> forms.Form:
        return RunForm(user, kind, data)

    def params(self, form: forms.Form) -> dict[str, Any]:
        """With the key of what these runs are for: no record gets two of them."""
        return {"automation": form.cleaned_data["automation"].pk, "event": event_reserve()}

    def words(self, user: User, kind: Kind, params: Mapping[str, Any]) -> str:
        found = Automation.objects.filter(pk=params["automation"]).first()
        return _("Run “%s”") % found if found else str(self.label)

    def page(self, params: Mapping[str, Any]) -> tuple[str, str]:
        """Where one sees what came of it: (address, words)."""
        return reverse("automation:record", args=[params["automation"]]), _("See its log")

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[models.Model], params: Mapping[str, Any]
    ) -> dict[int, Before]:
        """One that was switched off, deleted or taken from the person meanwhile runs for nobody."""
        if not allowed(actor, "automation.run_automation"):
            return {}
        automation = runnable(actor, kind).filter(pk=params["automation"]).select_related("owner").first()
        if automation is None:
            return {}
        pks = [row.pk for row in rows]
        begun = runs_ask(actor=actor, automation=automation, event_id=params["event"], ids=pks)
        return {pk: {} for pk in begun}
