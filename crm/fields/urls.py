from django.urls import path

from crm.fields import views

app_name = "fields"
urlpatterns = [
    path("fields/", views.FieldsView.as_view(), name="list"),
    path("fields/new/<slug:kind>/", views.FieldCreateView.as_view(), name="create"),
    path("fields/<int:pk>/", views.FieldEditView.as_view(), name="edit"),
    path("fields/<int:pk>/move/", views.FieldMoveView.as_view(), name="move"),
    path("fields/<int:pk>/delete/", views.FieldDeleteView.as_view(), name="delete"),
    path("fields/<int:pk>/restore/", views.FieldRestoreView.as_view(), name="restore"),
]
