from crm.calendars.services.absence import absence_create, absence_delete
from crm.calendars.services.calendar import (
    calendar_create,
    calendar_delete,
    calendar_edit,
    calendar_make_default,
    own_day_remove,
    own_day_set,
)

__all__ = [
    "absence_create",
    "absence_delete",
    "calendar_create",
    "calendar_delete",
    "calendar_edit",
    "calendar_make_default",
    "own_day_remove",
    "own_day_set",
]
