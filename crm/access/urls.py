from django.urls import path

from crm.access import role_views as views

app_name = "access"
urlpatterns = [
    path("roles/", views.RoleListView.as_view(), name="roles"),
    path("roles/new/", views.RoleCreateView.as_view(), name="role-create"),
    path("roles/<int:pk>/", views.RoleView.as_view(), name="role"),
    path("roles/<int:pk>/delete/", views.RoleDeleteView.as_view(), name="role-delete"),
    path("preview/", views.PreviewView.as_view(), name="preview"),
    path("preview/end/", views.PreviewEndView.as_view(), name="preview-end"),
]
