"""The fitted models: plain numbers, no behaviour beyond what the numbers themselves say."""

from dataclasses import dataclass

#: Below this mean drop-out probability a fit has not found any drop-out at all.
DETECTABLE_DROPOUT = 0.001


@dataclass(frozen=True, slots=True)
class BgNbd:
    """BG/NBD (Fader, Hardie and Lee 2005): drop-out is possible only right after a repeat purchase."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    @property
    def dropout_detectable(self) -> bool:
        return self.a / (self.a + self.b) >= DETECTABLE_DROPOUT


@dataclass(frozen=True, slots=True)
class MbgNbd:
    """MBG/NBD (Batislam et al. 2007; Wagner and Hoppe 2008): drop-out also right after the first purchase."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float

    @property
    def dropout_detectable(self) -> bool:
        return self.a / (self.a + self.b) >= DETECTABLE_DROPOUT


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    """Pareto/NBD (Schmittlein, Morrison and Colombo 1987): drop-out at any moment."""

    r: float
    alpha: float
    s: float
    beta: float
    log_likelihood: float


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Gamma-Gamma spend per purchase (Fader, Hardie and Lee 2005), independent of how often one buys."""

    p: float
    q: float
    gamma: float
    log_likelihood: float


PurchaseModel = BgNbd | MbgNbd | ParetoNbd
