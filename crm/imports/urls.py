from django.urls import path

from crm.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.ImportListView.as_view(), name="list"),
    path("new/", views.ImportCreateView.as_view(), name="create"),
    path("<int:pk>/", views.ImportRecordView.as_view(), name="record"),
    path("<int:pk>/check/", views.ImportCheckView.as_view(), name="check"),
    path("<int:pk>/meanings/", views.ImportMeaningsView.as_view(), name="meanings"),
    path("<int:pk>/start/", views.ImportStartView.as_view(), name="start"),
    path("<int:pk>/cancel/", views.ImportCancelView.as_view(), name="cancel"),
    path("<int:pk>/undo/", views.ImportUndoView.as_view(), name="undo"),
    path("<int:pk>/bad-rows/", views.ImportBadRowsView.as_view(), name="bad-rows"),
]
