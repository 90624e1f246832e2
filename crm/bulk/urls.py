from django.urls import path

from crm.bulk import views

app_name = "bulk"
urlpatterns = [
    path("lists/<slug:kind>/bulk/<slug:action>/", views.BulkView.as_view(), name="action"),
    path("lists/<slug:kind>/export/", views.ExportView.as_view(), name="export"),
    path("bulk/<int:pk>/", views.RunView.as_view(), name="run"),
    path("bulk/<int:pk>/undo/", views.UndoView.as_view(), name="undo"),
]
