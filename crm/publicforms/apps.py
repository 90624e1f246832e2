from django.apps import AppConfig


class PublicFormsConfig(AppConfig):
    name = "crm.publicforms"
    label = "publicforms"
