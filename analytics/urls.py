from django.urls import path

from analytics.views.model import ModelSettingsView, ModelView
from analytics.views.value import ValueView

app_name = "analytics"
urlpatterns = [
    path("value/", ValueView.as_view(), name="value"),
    path("model/", ModelView.as_view(), name="model"),
    path("model/settings/", ModelSettingsView.as_view(), name="model-settings"),
]
