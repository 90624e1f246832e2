from analytics.models.history import ValueHistory
from analytics.models.run import ValueRun
from analytics.models.settings import ValueSettings
from analytics.models.statistics import PayerStatistics

__all__ = ["PayerStatistics", "ValueHistory", "ValueRun", "ValueSettings"]
