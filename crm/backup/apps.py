from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "crm.backup"
    label = "backup"
