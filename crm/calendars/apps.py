from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "crm.calendars"
    label = "calendars"
