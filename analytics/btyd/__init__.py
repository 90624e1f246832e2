"""Buy till you die: probability models of repeat buying, fitted by maximum likelihood.

NumPy and SciPy only, no Django; scipy.optimize is imported by the fit functions alone.
"""

from analytics.btyd.beta_geometric import fit_bg_nbd, fit_mbg_nbd
from analytics.btyd.gamma_gamma import expected_value, fit_gamma_gamma
from analytics.btyd.models import BgNbd, GammaGamma, MbgNbd, ParetoNbd, PurchaseModel
from analytics.btyd.pareto_nbd import fit_pareto_nbd
from analytics.btyd.prediction import expected_purchases, probability_alive, probability_of_purchase

__all__ = [
    "BgNbd",
    "GammaGamma",
    "MbgNbd",
    "ParetoNbd",
    "PurchaseModel",
    "expected_purchases",
    "expected_value",
    "fit_bg_nbd",
    "fit_gamma_gamma",
    "fit_mbg_nbd",
    "fit_pareto_nbd",
    "probability_alive",
    "probability_of_purchase",
]
