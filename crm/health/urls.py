from django.urls import path

from crm.health.views import healthz, metrics, readyz

app_name = "health"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
