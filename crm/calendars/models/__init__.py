from crm.calendars.models.absence import Absence
from crm.calendars.models.calendar import BusinessCalendar, OwnDay

__all__ = ["Absence", "BusinessCalendar", "OwnDay"]
