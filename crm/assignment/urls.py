from django.urls import path

from crm.assignment import views

app_name = "assignment"
urlpatterns = [
    path("pools/", views.PoolListView.as_view(), name="pool-list"),
    path("pools/new/", views.PoolCreateView.as_view(), name="pool-create"),
    path("pools/<int:pk>/", views.PoolView.as_view(), name="pool"),
    path("pools/<int:pk>/delete/", views.PoolDeleteView.as_view(), name="pool-delete"),
    path("pools/<int:pk>/members/", views.MemberAddView.as_view(), name="member-add"),
    path("pools/<int:pk>/members/<int:member_pk>/", views.MemberView.as_view(), name="member"),
    path(
        "pools/<int:pk>/members/<int:member_pk>/remove/",
        views.MemberRemoveView.as_view(),
        name="member-remove",
    ),
]
