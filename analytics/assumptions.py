"""From the settings' row to what the pure modules take."""

from analytics.knowledge import Assumptions
from analytics.lifetime_value import Terms
from analytics.models import ValueSettings


def assumptions(settings: ValueSettings) -> Assumptions:
    stated = settings.terms()
    return Assumptions(
        settings.horizon_days,
        Terms(settings.months, settings.discount_rate, stated["margin_rate"]),
        settings.rfm_map,
        settings.customer_alive_rate,
    )
