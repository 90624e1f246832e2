from analytics.selectors.orders import purchase_days
from analytics.selectors.runs import newest_run, value_settings
from analytics.selectors.statistics import stored_payers

__all__ = ["newest_run", "purchase_days", "stored_payers", "value_settings"]
