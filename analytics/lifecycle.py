"""Life cycle and AIDA stage of a payer, computed from what happened, never typed in. Pure."""

import numpy as np
from numpy.typing import NDArray

from analytics.btyd.history import Floats

#: An order within so many days makes a customer where drop-out cannot be judged, and "action" in AIDA within these.
RECENT_ORDER_DAYS = 365
AIDA_DAYS = 180
STAGES = ("lapsed", "customer")
AIDA = ("", "action")


def lifecycle_codes(alive: Floats | None, recency: Floats, alive_rate: float) -> NDArray[np.int16]:
    """Place in STAGES; `alive` is MBG's P(alive), None where drop-out is not detectable or data too little."""
    stays = recency <= RECENT_ORDER_DAYS if alive is None else alive >= alive_rate
    return stays.astype(np.int16)


def aida_codes(recency: Floats) -> NDArray[np.int16]:
    """Place in AIDA: an order in the last 180 days is the furthest stage; earlier ones come from activity."""
    return (recency <= AIDA_DAYS).astype(np.int16)
