from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "crm.money"
    label = "money"
