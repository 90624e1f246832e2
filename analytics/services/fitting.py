"""Whether there is enough to fit, and the fit."""

import logging
from datetime import date

import numpy as np

from analytics.btyd import GammaGamma, MbgNbd, fit_gamma_gamma, fit_mbg_nbd
from analytics.choices import Lack, Model
from analytics.models import ValueRun, ValueSettings
from analytics.payers import Payers, day_number

log = logging.getLogger(__name__)


def lack(settings: ValueSettings, payers: Payers, as_of: date) -> str:
    """Why a prediction would be a guess; empty if it would not."""
    if len(payers) < settings.min_payers:
        return Lack.PAYERS
    if int((payers.days > 1).sum()) < settings.min_repeat_payers:
        return Lack.REPEATS
    if day_number(as_of) - int(payers.first.min()) < settings.min_history_days:
        return Lack.HISTORY
    return Lack.NONE


def fitted(payers: Payers, as_of: date, before: ValueRun | None) -> tuple[MbgNbd, GammaGamma] | None:
    """MBG/NBD and Gamma-Gamma, started from the run before; None if there is nothing to fit."""
    start = before.parameters if before is not None else {}
    mbg, worth = start.get(Model.MBG_NBD, {}), start.get("gamma_gamma", {})
    try:
        model = fit_mbg_nbd(
            payers.x,
            payers.t_x,
            payers.T(as_of),
            start=[mbg.get(key, 0.0) for key in ("r", "alpha", "a", "b")],
        )
        spend = fit_gamma_gamma(
            payers.x, np.maximum(payers.m, 0.0), start=[worth.get(key, 0.0) for key in ("p", "q", "gamma")]
        )
    except ValueError as fault:
        log.warning("no model could be fitted: %s", fault)
        return None
    return model, spend
