from django.urls import path

from crm.administration import views

app_name = "settings"
urlpatterns = [
    path("", views.SettingsView.as_view(), name="index"),
    path("profile/", views.ProfileView.as_view(), name="profile"),
]
