from django.apps import AppConfig


class BulkConfig(AppConfig):
    name = "crm.bulk"
    label = "bulk"
