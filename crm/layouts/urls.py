from django.urls import path

from crm.layouts import views

app_name = "layouts"
urlpatterns = [
    path("layouts/", views.LayoutsView.as_view(), name="list"),
    path("layouts/<slug:kind>/", views.LayoutEditView.as_view(), name="edit"),
    path("layouts/<slug:kind>/roles/<int:pk>/", views.RoleLayoutEditView.as_view(), name="edit-role"),
    path("layouts/<int:pk>/reset/", views.LayoutResetView.as_view(), name="reset"),
    path("layouts/<int:pk>/restore/", views.LayoutRestoreView.as_view(), name="restore"),
]
