"""An arrangement in words, as the history tells it."""

from crm.layouts.arrangement import Arrangement, fitted
from crm.layouts.offers import declared_arrangement
from crm.layouts.selectors import full_offer
from crm.records.kinds import Kind


def told(kind: Kind, arrangement: Arrangement | None) -> dict[str, list[str]]:
    """None: as it is by declaration."""
    offer = full_offer(kind)
    shown = fitted(arrangement or declared_arrangement(kind), offer)
    groups = [(group.title, group.fields) for group in shown.groups]
    named = [(title, ", ".join(offer.properties[key] for key in keys)) for title, keys in groups]
    return {
        "groups": [f"{title} ({keys})" if title else keys for title, keys in named],
        "hidden_properties": [offer.properties[key] for key in shown.hidden],
        "tabs": [offer.tabs[key] for key in shown.tabs.shown],
        "hidden_tabs": [offer.tabs[key] for key in shown.tabs.hidden],
        "panels": [offer.panels[key] for key in shown.panels.shown],
        "hidden_panels": [offer.panels[key] for key in shown.panels.hidden],
    }
