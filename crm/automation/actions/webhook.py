"""Telling another program."""

import json
import uuid
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.automation.actions import Batch, Outcome, Params
from crm.automation.models import AutomationRun, WebhookDelivery
from crm.automation.texts import PREFIX, text_fields, text_values
from crm.jobs.services import enqueue
from crm.outgoing import OutgoingRefused, read_url
from crm.records.kinds import Kind
from crm.staff.models import User

#: one id for a run and its position, however often it is written
NAMESPACE = uuid.UUID("5e1f7f2e-7c1b-5b0e-9a64-3f1f0ad9a1c4")
JOB = "automation.deliver"


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy(
            "It gets a signed POST with the fields below. Only public addresses are called."
        ),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    fields_sent = forms.MultipleChoiceField(
        label=gettext_lazy("Fields that are sent"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, user: User, kind: Kind, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chooser: Any = self.fields["fields_sent"]
        chooser.choices = [(key, field.title) for key, field in text_fields(kind, user).items()]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            read_url(url)
        except OutgoingRefused as fault:
            raise forms.ValidationError(str(fault)) from fault
        return url


class Webhook:
    """AUTOMATION_ACTIONS entry: written into the ledger here, sent by a job."""

    key = "webhook"
    label = gettext_lazy("Call a webhook")
    icon = "webhook"
    verb = "view"

    def fits(self, user: User, kind: Kind) -> bool:
        return True

    def form(
        self, user: User, kind: Kind, data: Any = None, prefix: str = "", initial: Params | None = None
    ) -> forms.Form:
        return WebhookForm(user, kind, data, prefix=prefix, initial=dict(initial or {}))

    def params(self, form: forms.Form) -> dict[str, Any]:
        return {"url": form.cleaned_data["url"], "fields_sent": form.cleaned_data["fields_sent"]}

    def words(self, user: User, kind: Kind, params: Params) -> str:
        return str(_("Call %s") % params["url"])

    def problem(self, user: User, kind: Kind, params: Params) -> str:
        gone = sorted(set(params["fields_sent"]) - text_fields(kind, user).keys())
        if gone:
            text = _('there is no field "%s" any more, or its owner may not see it.')
            return str(text % gone[0].removeprefix(PREFIX))
        return ""

    def apply(self, batch: Batch, params: Params) -> dict[int, Outcome]:
        sources = [f"{{{{ {name} }}}}" for name in params["fields_sent"]]
        values = text_values(batch.kind, batch.actor, list(batch.records), sources)
        rows = [
            WebhookDelivery(
                run=run,
                position=batch.position,
                key=uuid.uuid5(NAMESPACE, f"{run.pk}:{batch.position}"),
                url=params["url"],
                body=body(batch, run, values[run.object_id]),
            )
            for run in batch.runs
            if run.object_id in values
        ]
        WebhookDelivery.objects.bulk_create(rows, batch_size=1_000)
        transaction.on_commit(lambda: enqueue(JOB))
        text = _("Written for %s.") % params["url"]
        return {row.run_id: Outcome(text) for row in rows}


def body(batch: Batch, run: AutomationRun, values: dict[str, Any]) -> str:
    told = {
        "automation": {"id": batch.automation.pk, "name": batch.automation.name},
        "cause": run.cause,
        "kind": batch.kind.key,
        "id": run.object_id,
        "record": values,
        "at": timezone.now(),
    }
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)
