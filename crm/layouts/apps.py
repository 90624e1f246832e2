from django.apps import AppConfig


class LayoutsConfig(AppConfig):
    name = "crm.layouts"
    label = "layouts"
