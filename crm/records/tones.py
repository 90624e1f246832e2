"""Colours with a meaning, by value: never the colour alone, the word or number stands beside it."""

from collections.abc import Mapping

from crm.money.formatting import whole_percent

RFM_TONES: Mapping[str, str] = {
    "champions": "positive", "loyal": "positive", "potential_loyalist": "info", "new": "info", "promising": "info",
    "needs_attention": "warning", "about_to_sleep": "warning", "at_risk": "negative", "cant_lose": "negative",
}  # fmt: skip


def group_tone(rfm_group: str) -> str:
    """The colour of an RFM group's chip; what is over (hibernating, lost) stays grey."""
    return RFM_TONES.get(rfm_group, "")


def risk_tone(share: float | None) -> str:
    """The colour of a churn risk."""
    if share is None:
        return ""
    whole = whole_percent(share)
    return "negative" if whole >= 70 else "warning" if whole >= 40 else "positive"
