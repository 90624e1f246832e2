from django.urls import path

from crm.audit.views import AuditExportView, AuditView

app_name = "audit"
urlpatterns = [
    path("", AuditView.as_view(), name="list"),
    path("export/", AuditExportView.as_view(), name="export"),
]
