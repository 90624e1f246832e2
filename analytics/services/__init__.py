from analytics.services.backtest import value_backtest
from analytics.services.refresh import value_refresh
from analytics.services.settings import settings_update
from analytics.services.statistics import statistics_pull

__all__ = ["settings_update", "statistics_pull", "value_backtest", "value_refresh"]
