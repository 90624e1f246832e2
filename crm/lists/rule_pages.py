"""Building a rule: what can be asked, how many records it leaves, and why one of them is in."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from crm.access.audience import audience
from crm.dialogs import render_dialog
from crm.fields.catalogue import field_for
from crm.lists.catalogue import catalogue, words
from crm.lists.kind_view import KindView
from crm.lists.options import found_options, named_options
from crm.money.formatting import number
from crm.records.kinds import Kind
from crm.rules.compile import Reading, problems
from crm.rules.errors import RuleError
from crm.rules.estimate import Estimate, estimate, exact
from crm.rules.explain import explain
from crm.rules.tree import EVERYTHING, Node, read_text, write_tree
from crm.rules.words import in_words

LONGEST_QUERY = 200


class RuleView(KindView):
    """GET the builder with the rule of the list."""

    def get(self, request: HttpRequest) -> HttpResponse:
        state = self.state(request.GET)
        tree = write_tree(state.rule)
        context = {
            "kind": self.kind,
            "state": state,
            "tree": tree,
            "catalogue": catalogue(self.kind, self.user) | words(),
        }
        return render_dialog(request, "crm/rule_builder.html", context)


class CatalogueView(KindView):
    """What can be asked of a kind of record that hangs on another."""

    needs_list = False

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(catalogue(self.kind, self.user))


class OptionsView(KindView):
    """Choices of a field by words (`q`), or the names of those chosen before (`key`)."""

    needs_list = False

    def get(self, request: HttpRequest, field: str) -> HttpResponse:
        found = field_for(self.kind.key, self.user, field)
        if found is None:
            raise Http404
        keys = request.GET.getlist("key")[:100]
        options = (
            named_options(found, self.user, keys)
            if keys
            else found_options(found, self.user, request.GET.get("q", "")[:LONGEST_QUERY])
        )
        return JsonResponse({"options": [[str(key), name] for key, name in options]})


class RuleCountView(KindView):
    """How many records the rule leaves, at once (`exact` when there is time), how it reads, and what is wrong with it.

    The quick filters of the list count too: it is the list that would be shown.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        state = self.state(request.GET)
        try:
            node: Node = read_text(request.GET.get("rule", ""))
        except RuleError as fault:
            return JsonResponse({"problems": [problem(fault)]})
        found = [problem(fault) for fault in problems(self.kind, self.user, node)]
        reading = in_words(Reading.of(self.kind, self.user), node)
        if found:
            return JsonResponse({"problems": found, "reading": reading})
        rows = state.rows().visible_to(self.user)
        count = exact(rows) if "exact" in request.GET else estimate(rows)
        return JsonResponse(
            {"reading": reading, "count": count_words(self.kind, count), "is_exact": count.is_exact}
        )


def problem(fault: RuleError) -> dict[str, Any]:
    return {"place": list(fault.place), "text": fault.text}


def count_words(kind: Kind, count: Estimate) -> str:
    """`931 customers`, from a sample `about 12,000 customers`."""
    noun = str(kind.label if count.count == 1 else kind.plural).lower()
    text = "%(count)s %(records)s" if count.is_exact else _("about %(count)s %(records)s")
    return text % {"count": number(count.rounded), "records": noun}


class WhyView(KindView):
    """Why a record is in the list's rule, or why not: each condition with what the record holds."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.record(pk)
        try:
            node = self.state(request.GET).read_rule()
        except RuleError:
            node = EVERYTHING
        lines = explain(Reading.of(self.kind, self.user), node, obj.pk)
        context = {"kind": self.kind, "obj": obj, "lines": lines}
        return render_dialog(request, "crm/rule_why.html", context)


class AudienceView(KindView):
    """Who may see a record, and why."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        obj = self.record(pk)
        context = {"kind": self.kind, "obj": obj, "viewers": audience(obj)}
        return render_dialog(request, "crm/audience.html", context)
