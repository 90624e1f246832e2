from django.urls import path

from crm.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.JobListView.as_view(), name="list"),
    path("jobs/<int:pk>/", views.JobView.as_view(), name="record"),
    path("jobs/<int:pk>/cancel/", views.JobCancelView.as_view(), name="cancel"),
    path("jobs/<int:pk>/retry/", views.JobRetryView.as_view(), name="retry"),
    path("job-files/<int:pk>/", views.JobFileView.as_view(), name="file"),
]
