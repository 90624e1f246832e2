"""Pure statistics for rankings and probabilities: NumPy in, numbers out; no Django."""

from crm.statistics.calibration import (
    CalibrationBin,
    brier_score,
    calibration,
    log_loss,
    pit_share,
    randomised_pit,
)
from crm.statistics.logistic import Logistic, fit_logistic
from crm.statistics.ranking import area_under_curve, area_with_error

__all__ = [
    "CalibrationBin",
    "Logistic",
    "area_under_curve",
    "area_with_error",
    "brier_score",
    "calibration",
    "fit_logistic",
    "log_loss",
    "pit_share",
    "randomised_pit",
]
