"""The builder. It works as a plain form: adding or moving an action sends it and shows it again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.automation.dry_run import DryRun, dry_run
from crm.automation.forms import Builder, saved_builder, trigger_initial
from crm.automation.models import Automation
from crm.automation.selectors import automatable, automation_find
from crm.automation.services.saving import automation_create, automation_edit
from crm.automation.starters import starter_at
from crm.automation.views.base import kind_of
from crm.lists.catalogue import catalogue, words
from crm.records.errors import StaleRecord
from crm.records.kinds import Kind, kind_at
from crm.rules.errors import RuleError
from crm.rules.tree import EVERYTHING, read_text, write_tree
from crm.submissions.errors import SentBefore
from crm.submissions.sent import sent_form
from crm.submissions.services import submit_once


class BuilderView(ProtectedView):
    """The page and what its buttons ask for; `save` is the subclass's."""

    def save(self, builder: Builder) -> Automation:
        raise NotImplementedError

    def take(self, builder: Builder) -> HttpResponse:
        wish = self.request.POST.get("do", "save")
        if wish not in ("save", "dry-run"):
            return self.page(builder, touched=builder.rearrange(wish), rearranged=True)
        if not builder.is_valid():
            return self.page(builder, status=422)
        if wish == "dry-run":
            values = builder.values()
            found = dry_run(builder.kind, self.user, values["cause"], values["trigger"], values["rule"])
            return self.page(builder, found=found)
        return self.saved(builder)

    def saved(self, builder: Builder) -> HttpResponse:
        try:
            automation = self.save(builder)
        except ValidationError as fault:
            builder.trigger.add_error(None, fault.messages)
            return self.page(builder, status=422)
        except SentBefore as fault:
            builder.trigger.add_error(None, fault.text)
            return self.page(builder, status=422)
        messages.success(self.request, _("Saved."))
        return redirect("automation:record", automation.pk)

    def page(
        self, builder: Builder, *, status: int = 200, automation: Automation | None = None, **more: Any
    ) -> HttpResponse:
        context = {
            "builder": builder,
            "kind": builder.kind,
            "form": builder.trigger,
            "automation": automation or getattr(self, "automation", None),
            "tree": tree_of(builder),
            "catalogue": catalogue(builder.kind, self.user) | words(),
            "is_refused": status == 422,
            **more,
        }
        return render(self.request, "automation/builder.html", context, status=status)


def tree_of(builder: Builder) -> Any:
    """What the builder of rules begins with; a rule that cannot be read is shown as none."""
    try:
        return write_tree(read_text(str(builder.trigger["rule"].value() or "")))
    except RuleError:
        return write_tree(EVERYTHING)


class AutomationCreateView(BuilderView):
    permission = "automation.create_automation"
    belongs_to = "automation:new"

    def kind_at(self, slug: str) -> Kind:
        found = kind_at(slug)
        if found not in automatable(self.user):
            raise Http404
        return found

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        builder = Builder(self.kind_at(kind), self.user)
        starter = starter_at(self.user, request.GET.get("start", ""))
        if starter is not None and starter.kind == builder.kind.key:
            initial = trigger_initial(str(starter.name), starter.cause, starter.trigger, starter.rule)
            builder.fill(initial, list(starter.actions))
        return self.page(builder)

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        return self.take(Builder(self.kind_at(kind), self.user, request.POST))

    def save(self, builder: Builder) -> Automation:
        values = builder.values() | {"kind": builder.kind.key}
        return submit_once(
            actor=self.user,
            sent=sent_form(self.request),
            create=lambda: automation_create(actor=self.user, values=values),
        )


class AutomationEditView(BuilderView):
    permission = "automation.view_automation"
    automation: Automation

    def load(self, pk: int) -> None:
        self.automation = automation_find(self.user, pk)
        if not allowed(self.user, "automation.edit_automation"):
            raise PermissionDenied

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """With `try` it says at once what the saved automation would have done."""
        self.load(pk)
        builder = saved_builder(self.user, kind_of(self.automation), self.automation)
        return self.page(builder, found=self.tried(builder.kind) if "try" in request.GET else None)

    def tried(self, kind: Kind) -> DryRun:
        saved = self.automation
        return dry_run(kind, self.user, saved.cause, saved.trigger, saved.rule)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.load(pk)
        return self.take(Builder(kind_of(self.automation), self.user, request.POST))

    def save(self, builder: Builder) -> Automation:
        version = builder.trigger.cleaned_data["version"] or 0
        try:
            return automation_edit(
                actor=self.user, automation=self.automation, values=builder.values(), version=version
            )
        except StaleRecord as fault:
            builder.trigger.data = builder.trigger.data.copy()  # type: ignore[attr-defined]
            builder.trigger.data["version"] = str(fault.current.version)  # type: ignore[index]
            raise ValidationError(
                _("Somebody else changed this automation while you were writing. Saving again keeps yours.")
            ) from fault
