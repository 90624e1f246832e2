"""What it cost to serve each payer in the last year."""

from datetime import date, timedelta

import numpy as np

from analytics.btyd.history import Floats
from analytics.models import ValueSettings
from analytics.payers import Ints
from crm.columnar.binary_copy import fetch_arrays

QUERY = """
SELECT array_agg(payer), array_agg(cost) FROM (
    SELECT coalesce(c.organisation_id, c.id) AS payer,
           sum(CASE i.kind WHEN 'call' THEN %s::float8 WHEN 'meeting' THEN %s::float8 ELSE 0 END) AS cost
    FROM contacts_interaction i JOIN contacts_customer c ON c.id = i.customer_id
    WHERE i.deleted_at IS NULL AND i.kind IN ('call', 'meeting') AND i.happened_at > %s AND i.happened_at < %s
    GROUP BY 1) AS costs"""


def yearly_costs(settings: ValueSettings, payers: Ints, as_of: date) -> Floats:
    """Per payer (ordered ids): calls and meetings of the year up to `as_of`, at the rates of the settings."""
    result = np.zeros(len(payers))
    if not (settings.cost_per_call or settings.cost_per_meeting):
        return result
    period = (as_of - timedelta(days=365), as_of + timedelta(days=1))
    found, cost = fetch_arrays(
        QUERY, ("int8", "float8"), (settings.cost_per_call, settings.cost_per_meeting, *period)
    )
    place = np.searchsorted(payers, found)
    known = place < len(payers)
    known[known] = payers[place[known]] == found[known]
    result[place[known]] = cost[known]
    return result
