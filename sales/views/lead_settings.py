"""The settings of leads: how soon, and who gets which."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crm.access.views import ProtectedView
from crm.lists.catalogue import catalogue, words
from crm.records.kinds import kinds
from crm.rules.compile import Reading
from crm.rules.errors import RuleError
from crm.rules.tree import EVERYTHING, read_text, read_tree, write_text, write_tree
from crm.rules.words import in_words
from sales.lead_forms import CUSTOMER, LeadRuleForm, PolicyForm
from sales.models import LeadRule
from sales.services.lead_keep import policy
from sales.services.lead_rules import lead_policy_edit, lead_rule_delete, lead_rule_move, lead_rule_save


def rule_find(pk: int) -> LeadRule:
    found = LeadRule.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class LeadSettingsView(ProtectedView):
    permission = "sales.edit_pipeline"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(PolicyForm(initial={"first_touch_minutes": policy().first_touch_minutes}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PolicyForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        lead_policy_edit(actor=self.user, **form.cleaned_data)
        return redirect("sales:lead-settings")

    def page(self, form: PolicyForm, *, status: int = 200) -> HttpResponse:
        rules = LeadRule.objects.select_related("pool", "owner", "team", "saved_by")
        context = {"form": form, "rules": [(rule, told(self, rule)) for rule in rules]}
        return render(self.request, "sales/lead_settings.html", context, status=status)


def told(view: ProtectedView, rule: LeadRule) -> str:
    try:
        return in_words(Reading.of(kinds()[CUSTOMER], view.user), read_tree(rule.rule))
    except RuleError as fault:
        return fault.text


class LeadRuleView(ProtectedView):
    """A new rule, or one to change."""

    permission = "sales.edit_pipeline"

    def get(self, request: HttpRequest, pk: int = 0) -> HttpResponse:
        rule = rule_find(pk) if pk else None
        names = ("name", "pool", "owner", "team")
        initial = {name: getattr(rule, name) for name in names} if rule else {}
        if rule is not None:
            initial["rule"] = write_text(read_tree(rule.rule))
        return self.page(rule, LeadRuleForm(initial=initial, user=self.user))

    def post(self, request: HttpRequest, pk: int = 0) -> HttpResponse:
        rule = rule_find(pk) if pk else None
        form = LeadRuleForm(request.POST, user=self.user)
        if not form.is_valid():
            return self.page(rule, form, status=422)
        lead_rule_save(actor=self.user, values=form.cleaned_data, rule=rule)
        return redirect("sales:lead-settings")

    def page(self, rule: LeadRule | None, form: LeadRuleForm, *, status: int = 200) -> HttpResponse:
        kind = kinds()[CUSTOMER]
        context: dict[str, Any] = {
            "rule": rule,
            "form": form,
            "kind": kind,
            "tree": tree_of(str(form["rule"].value() or "")),
            "catalogue": catalogue(kind, self.user) | words(),
        }
        return render(self.request, "sales/lead_rule.html", context, status=status)


def tree_of(text: str) -> Any:
    try:
        return write_tree(read_text(text))
    except RuleError:
        return write_tree(EVERYTHING)


class LeadRuleMoveView(ProtectedView):
    permission = "sales.edit_pipeline"
    belongs_to = "sales:lead-settings"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lead_rule_move(actor=self.user, rule=rule_find(pk), by=1 if "down" in request.POST else -1)
        return redirect("sales:lead-settings")


class LeadRuleDeleteView(ProtectedView):
    permission = "sales.edit_pipeline"
    belongs_to = "sales:lead-settings"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        lead_rule_delete(actor=self.user, rule=rule_find(pk))
        return redirect("sales:lead-settings")
