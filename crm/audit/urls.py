from django.urls import path

from crm.audit.views import AuditView

app_name = "audit"
urlpatterns = [path("", AuditView.as_view(), name="list")]
