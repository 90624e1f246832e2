from django.urls import path

from analytics.views.model import ModelEditView, ModelView
from analytics.views.value import ValueView

app_name = "analytics"
urlpatterns = [
    path("value/", ValueView.as_view(), name="value"),
    path("model/", ModelView.as_view(), name="model"),
    path("model/settings/", ModelEditView.as_view(), name="model-edit"),
]
