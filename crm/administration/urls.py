from django.urls import path

from crm.administration import views
from crm.health.page import HealthView

app_name = "settings"
urlpatterns = [
    path("", views.SettingsView.as_view(), name="index"),
    path("health/", HealthView.as_view(), name="health"),
    path("profile/", views.ProfileView.as_view(), name="profile"),
]
