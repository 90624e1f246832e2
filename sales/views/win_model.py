"""What was learnt about winning, how well it would have done, and the wish to learn anew."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.access.services import allowed, find
from crm.access.views import ProtectedView
from crm.lists.filters import readable_id
from sales.choices import RecommendationState
from sales.models import WinModel
from sales.services.win_model import win_model_refresh_ask
from sales.win_words import weights

FEWEST = 50


class WinModelView(ProtectedView):
    """`?model=12` shows an earlier one instead of the newest."""

    permission = "sales.view_pipeline"
    past = 20

    def get(self, request: HttpRequest) -> HttpResponse:
        models = WinModel.objects.visible_to(self.user)
        newest = models.exclude(state=RecommendationState.FAILED).first()
        model = self.asked_model() or newest
        context = {
            "model": model,
            "fewest": FEWEST,
            "is_past": model != newest,
            "newest_number": newest.pk if newest else 0,
            "weights": weights(model) if model else [],
            "backtest": backtest_rows(model),
            "chart": reliability(model),
            "models": models[: self.past],
            "can_edit": allowed(self.user, "sales.edit_pipeline"),
        }
        return render(request, "sales/win_model.html", context)

    def asked_model(self) -> WinModel | None:
        text = self.request.GET.get("model", "")
        if not text:
            return None
        if not readable_id(text):
            raise Http404
        return find(WinModel.objects.all(), self.user, int(text))


def labels() -> dict[str, str]:
    return {
        "learned": _("Learned"),
        "hand": _("Set by hand, that of the stage"),
        "base": _("The same for every deal"),
    }


def backtest_rows(model: WinModel | None) -> list[dict[str, Any]]:
    """The learned probability beside the one set by hand and the share that is won at all."""
    found = model.backtest.get("models", {}) if model else {}
    return [{"key": key, "label": label, **found[key]} for key, label in labels().items() if key in found]


def reliability(model: WinModel | None) -> dict[str, Any] | None:
    """Told against what came, in per cent: on the diagonal what is told is true."""
    found = model.backtest.get("models", {}) if model else {}
    if not found:
        return None
    shown = [(key, label) for key, label in labels().items() if key != "base"]
    series = [{"name": label, "data": [point(each) for each in found[key]["bins"]]} for key, label in shown]
    exact = {"name": _("As it should be"), "type": "line", "showSymbol": False, "data": [[0, 0], [100, 100]]}
    return {
        "data": {
            "x": _("Told, %"),
            "y": _("Won, %"),
            "series": [*series, {**exact, "lineStyle": {"type": "dashed", "width": 1}}],
        },
        "bins": [{"label": label, **each} for key, label in shown for each in found[key]["bins"]],
    }


def point(found: dict[str, Any]) -> list[float]:
    return [round(100 * found["predicted"], 1), round(100 * found["observed"], 1)]


class WinModelRefreshView(ProtectedView):
    permission = "sales.edit_pipeline"
    belongs_to = "sales:win-model"

    def post(self, request: HttpRequest) -> HttpResponse:
        """`after` is the model that its sender saw: whoever was overtaken by a newer one needs no other."""
        seen, newest = request.POST.get("after", ""), WinModel.objects.exclude(state="failed").first()
        if readable_id(seen) and int(seen) == (newest.pk if newest else 0):
            win_model_refresh_ask(actor=self.user)
            messages.success(request, _("The closed deals are being learnt from."))
        elif readable_id(seen):
            messages.success(request, _("They were learnt from meanwhile."))
        return redirect("sales:win-model")
