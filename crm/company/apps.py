from django.apps import AppConfig


class CompanyConfig(AppConfig):
    name = "crm.company"
    label = "company"
