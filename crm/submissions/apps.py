from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "crm.submissions"
    label = "submissions"
