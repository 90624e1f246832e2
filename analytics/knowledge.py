"""What a run found out: enough to score any payer on any day, kept as JSON in the run. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from analytics.btyd import GammaGamma, MbgNbd, ParetoNbd
from analytics.churn import Ranker
from analytics.lifetime_value import Terms
from analytics.rfm import Cuts
from crm.statistics import Logistic


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What people decided: horizon, terms of the value, map of the RFM groups, limits."""

    horizon_days: int
    terms: Terms
    rfm_map: Mapping[str, list[str]]
    alive_rate: float


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the data said. Without `mbg_nbd` there is no prediction, only RFM."""

    cuts: Cuts
    champion: str = ""
    mbg_nbd: MbgNbd | None = None
    gamma_gamma: GammaGamma | None = None
    pareto_nbd: ParetoNbd | None = None
    logistic: Ranker | None = None
    category_cuts: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0))

    def parameters(self) -> dict[str, Any]:
        """The models as JSON; time in days."""
        models = {
            "mbg_nbd": self.mbg_nbd,
            "gamma_gamma": self.gamma_gamma,
            "pareto_nbd": self.pareto_nbd,
            "logistic": self.logistic,
        }
        return {name: asdict(model) for name, model in models.items() if model is not None}

    def cut_values(self) -> dict[str, Any]:
        finite = [cut if cut < float("inf") else None for cut in self.category_cuts]
        return asdict(self.cuts) | {"category": finite}


def knowledge_from(parameters: Mapping[str, Any], cuts: Mapping[str, Any], champion: str) -> Knowledge:
    """The inverse of `parameters` and `cut_values`."""
    ranker = parameters.get("logistic")
    a, b, c = (float("inf") if cut is None else float(cut) for cut in cuts["category"])
    return Knowledge(
        Cuts(
            tuple(cuts["recency"]),
            tuple(cuts["frequency"]),
            tuple(cuts["monetary"]),
            cuts["quadrant_recency"],
            cuts["quadrant_frequency"],
        ),
        champion,
        _model(MbgNbd, parameters.get("mbg_nbd")),
        _model(GammaGamma, parameters.get("gamma_gamma")),
        _model(ParetoNbd, parameters.get("pareto_nbd")),
        None if ranker is None else _ranker(ranker),
        (a, b, c),
    )


def _model(kind: Any, values: Mapping[str, Any] | None) -> Any:
    return None if values is None else kind(**values)


def _ranker(values: Mapping[str, Any]) -> Ranker:
    logistic: dict[str, Any] = {
        key: tuple(part) if isinstance(part, list) else part for key, part in values["logistic"].items()
    }
    return Ranker(Logistic(**logistic), values["shift"])
