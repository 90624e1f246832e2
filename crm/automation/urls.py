from django.urls import path

from crm.automation.views import building, reading, switching

app_name = "automation"
urlpatterns = [
    path("", reading.AutomationListView.as_view(), name="list"),
    path("new/", reading.AutomationNewView.as_view(), name="new"),
    path("new/<slug:kind>/", building.AutomationCreateView.as_view(), name="create"),
    path("lists/<slug:kind>/records/<int:pk>/", reading.RecordLogView.as_view(), name="record-log"),
    path("<int:pk>/", reading.AutomationView.as_view(), name="record"),
    path("<int:pk>/edit/", building.AutomationEditView.as_view(), name="edit"),
    path("<int:pk>/switch/", switching.AutomationSwitchView.as_view(), name="switch"),
    path("<int:pk>/confirm/", switching.AutomationConfirmView.as_view(), name="confirm"),
    path("<int:pk>/delete/", switching.AutomationDeleteView.as_view(), name="delete"),
    path("<int:pk>/restore/", switching.AutomationRestoreView.as_view(), name="restore"),
    path("<int:pk>/runs/<int:run>/", reading.AutomationRunView.as_view(), name="run"),
    path("<int:pk>/versions/<int:number>/", reading.AutomationVersionView.as_view(), name="version"),
    path("<int:pk>/webhooks/", switching.WebhookListView.as_view(), name="webhooks"),
    path(
        "<int:pk>/webhooks/<int:delivery>/retry/", switching.WebhookRetryView.as_view(), name="webhook-retry"
    ),
]
