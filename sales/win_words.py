"""The learned probability in words: why a deal has it, and what the model learnt. Loads no NumPy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp, log, log1p
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.money.formatting import number, percent
from sales.models import Stage, WinModel


@dataclass(frozen=True)
class Reason:
    text: str
    is_for: bool


def reasons(found: list[dict[str, Any]], stage: str) -> list[Reason]:
    return [Reason(reason_text(each, stage), each["effect"] > 0) for each in found]


def reason_text(found: Mapping[str, Any], stage: str) -> str:
    match found["key"]:
        case "stage":
            share = found.get("share")
            if share is None:
                return _("In %s, where few deals have been") % stage
            return _("%(share)s of the deals in %(stage)s were won") % {
                "share": percent(share),
                "stage": stage,
            }
        case "pace":
            words = _("In %(stage)s for %(days)s, usual is %(usual)s")
            return words % {"stage": stage, "days": days(found["days"]), "usual": number(found["usual"])}
        case "age":
            words = _("Begun %(days)s ago; won deals took %(usual)s")
            return words % {"days": days(found["days"]), "usual": number(found["usual"])}
        case "size":
            return _("Its amount is %s times the median of its pipeline") % number(found["times"], 1)
        case "unpriced":
            return _("No amount yet")
        case "source":
            source = found["source"]
            return _("Came from: %s") % source if source else _("Came from elsewhere than most")
    return way_text(found)


def bought_text(has: bool) -> str:
    if has:
        return _("The customer had bought before this deal began")
    return _("The customer had not bought before this deal began")


def way_text(found: Mapping[str, Any]) -> str:
    count = found.get("count", found.get("days", 0))
    match found["key"]:
        case "activity":
            none = _("No call, note or mail in the last 14 days")
            some = ngettext(
                "%s call, note or mail in the last 14 days",
                "%s calls, notes or mails in the last 14 days",
                count,
            )
            return some % number(count) if count else none
        case "planned":
            return _("A next step is planned") if found["is"] else _("No next step is planned")
        case "bought":
            return bought_text(found["is"])
        case "late":
            over = _("The expected close was over %s ago")
            return over % days(count) if count else _("The expected close is not over")
        case "moved":
            often = ngettext(
                "The expected close was put off once", "The expected close was put off %s times", count
            )
            if not count:
                return _("The expected close was never put off")
            return often % number(count) if count > 1 else often
    return str(found["key"])


def days(count: int) -> str:
    return ngettext("%s day", "%s days", count) % number(count)


# --- what a model learnt -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weight:
    """What a difference between two deals, alike in all else, does to the odds of winning."""

    text: str
    odds: float

    @property
    def is_for(self) -> bool:
        return self.odds >= 1


def weights(model: WinModel) -> list[Weight]:
    """The largest first."""
    found = list(each_weight(model)) if model.parameters else []
    return sorted(found, key=lambda weight: -abs(log(weight.odds)))


def each_weight(model: WinModel) -> Iterator[Weight]:
    known, fitted = model.parameters["known"], model.parameters["logistic"]
    slopes = {
        name: weight / scale
        for name, weight, scale in zip(
            known["columns"], fitted["coefficients"], fitted["scales"], strict=True
        )
    }
    varies = {
        name
        for name, low, high in zip(known["columns"], known["low"], known["high"], strict=True)
        if low < high
    }
    for name, (text, step) in steps().items():
        if name in varies:
            yield Weight(text, exp(slopes[name] * step))
    yield from places(slopes, fitted, known, "stage", stage_names(known["stages"]), _("In %s"))
    sources = {str(place): name for place, name in enumerate(known["sources"], 1)}
    yield from places(slopes, fitted, known, "source", sources, _("Came from: %s"))


def steps() -> dict[str, tuple[str, float]]:
    """For each measure a difference that people can picture, and how far apart it lies in the model."""
    return {
        "pace": (_("Twice as long in its stage"), log(2)),
        "age": (_("Twice as long open"), log(2)),
        "size": (_("Twice the amount"), log(2)),
        "unpriced": (_("No amount yet"), 1.0),
        "activity": (_("One call, note or mail in the last 14 days instead of none"), log(2)),
        "planned": (_("A next step is planned"), 1.0),
        "bought": (_("The customer has bought before"), 1.0),
        "late": (_("The expected close was over a week ago"), log1p(7)),
        "moved": (_("The expected close was put off once more"), 1.0),
    }


def places(
    slopes: Mapping[str, float],
    fitted: Mapping[str, Any],
    known: Mapping[str, Any],
    word: str,
    names: Mapping[str, str],
    text: str,
) -> Iterator[Weight]:
    """Each stage or source against the mean of all."""
    means = dict(zip(known["columns"], fitted["means"], strict=True))
    mean = sum(slope * means[name] for name, slope in slopes.items() if name.startswith(f"{word}:"))
    for key, label in names.items():
        if f"{word}:{key}" in slopes:
            yield Weight(text % label, exp(slopes[f"{word}:{key}"] - mean))


def stage_names(pks: list[int]) -> dict[str, str]:
    rows = (
        Stage.objects.filter(pk__in=pks).select_related("pipeline").order_by("pipeline__position", "position")
    )
    return {str(stage.pk): f"{stage.pipeline} · {stage}" for stage in rows}
