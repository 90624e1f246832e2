"""The formulas of one customer with their numbers in, as the "why" of each figure prints them. Pure but for words."""

from collections.abc import Mapping
from math import exp, expm1, log, log1p
from typing import Any

from django.utils.translation import gettext as _

from analytics.choices import Model
from contacts.models import CustomerValue
from crm.money.formatting import money, number, percent, risk


def worked(value: CustomerValue, inputs: Mapping[str, Any], champion: str) -> dict[str, str]:
    """What can be multiplied out from the stored inputs; empty without a fitted model."""
    mbg = inputs.get("mbg")
    if not mbg or value.lifetime_value is None:
        return {}
    found = {
        "lifetime_value": lifetime_value(value, inputs.get("terms", {})),
        "next_order": next_order(mbg, inputs),
    }
    if champion == Model.MBG_NBD and value.probability_alive is not None:
        found["churn_risk"] = churn_risk(value, mbg, inputs)
    return found


def lifetime_value(value: CustomerValue, terms: Mapping[str, Any]) -> str:
    purchases, each = value.expected_purchases or 0.0, value.expected_value or 0.0
    rate = float(terms.get("margin_rate", 1.0))
    gross = purchases * each * rate
    return _(
        "%(purchases)s purchases x %(each)s x %(rate)s margin = %(gross)s\n"
        "discounted at %(discount)s a year, less the cost to serve: %(value)s"
    ) % {
        "purchases": number(purchases, 2),
        "each": money(each),
        "rate": percent(rate),
        "gross": money(gross),
        "discount": percent(float(terms.get("discount_rate", 0.0))),
        "value": money(value.lifetime_value),
    }


def next_order(mbg: Mapping[str, float], inputs: Mapping[str, Any]) -> str:
    alpha, r, x, T = mbg["alpha"], mbg["r"], inputs["x"], inputs["T"]
    growth = log(2) / (r + x)
    days = (alpha + T) * expm1(growth) if growth < 50 else float("inf")
    text = f"({number(alpha, 1)} + {number(T)}) (2^(1 / ({number(r, 3)} + {x})) - 1) = "
    return text + (_("%(days)s days") % {"days": number(days)} if days < 10_000 else _("beyond any plan"))


def churn_risk(value: CustomerValue, mbg: Mapping[str, float], inputs: Mapping[str, Any]) -> str:
    alpha, r, x, T = mbg["alpha"], mbg["r"], inputs["x"], inputs["T"]
    buys = 1 - exp(-(r + x) * log1p(value.horizon_days / (alpha + T)))
    alive = value.probability_alive or 0.0
    return _(
        "P(order if alive) = 1 - ((%(alpha)s + %(T)s) / (%(alpha)s + %(T)s + %(days)s))^(%(r)s + %(x)s) = %(buys)s\n"
        "churn risk = 1 - %(alive)s x %(buys)s = %(risk)s"
    ) % {
        "alpha": number(alpha, 1),
        "T": number(T),
        "days": value.horizon_days,
        "r": number(r, 3),
        "x": x,
        "buys": number(buys, 3),
        "alive": number(alive, 3),
        "risk": risk(1 - alive * buys),
    }
