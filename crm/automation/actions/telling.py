"""Telling colleagues: in the bell, and by mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.automation.actions import Batch, Outcome, Params
from crm.automation.actions.targets import TargetForm, Targets, target_problem, target_words
from crm.automation.choices import StepState
from crm.automation.notices import AUTOMATION
from crm.automation.texts import hint, rendered, text_problem, text_values
from crm.mail.services import mail_enqueue
from crm.notifications.selectors import may_see
from crm.notifications.services.notify import notify
from crm.records.kinds import Kind
from crm.staff.models import User

NOBODY = gettext_lazy("There was nobody to tell.")


class NotifyForm(TargetForm):
    text = forms.CharField(label=gettext_lazy("Text"), max_length=300)

    def __init__(self, user: User, kind: Kind, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.kind = user, kind
        self.fields["text"].help_text = hint(kind, user)

    def clean_text(self) -> str:
        return checked(self, "text")


def checked(form: Any, name: str) -> str:
    source: str = form.cleaned_data[name]
    problem = text_problem(form.kind, form.user, source)
    if problem:
        raise forms.ValidationError(problem)
    return source


class Notify:
    """AUTOMATION_ACTIONS entry."""

    key = "notify"
    label = gettext_lazy("Notify somebody")
    icon = "bell"
    verb = "view"
    sources: tuple[str, ...] = ("text",)

    def fits(self, user: User, kind: Kind) -> bool:
        return True

    def form(
        self, user: User, kind: Kind, data: Any = None, prefix: str = "", initial: Params | None = None
    ) -> forms.Form:
        return NotifyForm(user, kind, data, prefix=prefix, initial=dict(initial or {}))

    def params(self, form: forms.Form) -> dict[str, Any]:
        texts = {name: form.cleaned_data[name] for name in self.sources}
        return {**form.target(), **texts}  # type: ignore[attr-defined]

    def words(self, user: User, kind: Kind, params: Params) -> str:
        return _("Notify %(who)s: %(text)s") % {"who": target_words(params), "text": params["text"]}

    def problem(self, user: User, kind: Kind, params: Params) -> str:
        return target_problem(params) or text_problem(kind, user, *(params[name] for name in self.sources))

    def apply(self, batch: Batch, params: Params) -> dict[int, Outcome]:
        sources = [params[name] for name in self.sources]
        values = text_values(batch.kind, batch.actor, list(batch.records), sources)
        targets = Targets(params, batch.rows())
        return {
            run.pk: self.tell(
                batch, run, targets.of(batch.records[run.object_id]), params, values[run.object_id]
            )
            for run in batch.runs
            if run.object_id in values
        }

    def tell(self, batch: Batch, run: Any, people: list[User], params: Params, values: Any) -> Outcome:
        """Nobody hears of a record that they may not see."""
        record: Any = batch.records[run.object_id]
        text = rendered(params["text"], values)
        url = batch.kind.url(record.pk) or "/"
        group = f"automation:{batch.automation.pk}"
        told = [
            user
            for user in people
            if notify(user=user, kind=AUTOMATION, text=text, url=url, obj=record, group=group)
        ]
        if not told:
            return Outcome(str(NOBODY), StepState.SKIPPED)
        return Outcome(_("Told %(who)s: %(text)s") % {"who": ", ".join(map(str, told)), "text": text})


class MailForm(NotifyForm):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    field_order = ("to", "person", "team", "subject", "text")

    def clean_subject(self) -> str:
        return checked(self, "subject")


class MailColleague(Notify):
    """AUTOMATION_ACTIONS entry: through the ledger, once for a run and a person."""

    key = "mail"
    label = gettext_lazy("Send an e-mail to a colleague")
    icon = "mail"
    sources = ("subject", "text")

    def form(
        self, user: User, kind: Kind, data: Any = None, prefix: str = "", initial: Params | None = None
    ) -> forms.Form:
        return MailForm(user, kind, data, prefix=prefix, initial=dict(initial or {}))

    def words(self, user: User, kind: Kind, params: Params) -> str:
        return _("Mail to %(who)s: %(text)s") % {"who": target_words(params), "text": params["subject"]}

    def tell(self, batch: Batch, run: Any, people: list[User], params: Params, values: Any) -> Outcome:
        record: Any = batch.records[run.object_id]
        readers = [user for user in people if may_see(user, record)]
        subject, text = rendered(params["subject"], values), rendered(params["text"], values)
        for user in readers:
            mail_enqueue(
                to=user.email,
                subject=subject,
                text=text,
                kind="automation",
                key=f"automation:{run.pk}:{batch.position}:{user.pk}",
                actor=batch.actor,
            )
        if not readers:
            return Outcome(str(NOBODY), StepState.SKIPPED)
        return Outcome(
            _("Mail to %(who)s: %(text)s") % {"who": ", ".join(map(str, readers)), "text": subject}
        )
