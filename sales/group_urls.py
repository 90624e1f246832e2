"""The addresses of RFM groups."""

from django.urls import path

from sales.views import group

group_paths = [
    path("sales/groups/", group.GroupListView.as_view(), name="group-list"),
    path("sales/groups/<str:group>/", group.GroupView.as_view(), name="group"),
]
