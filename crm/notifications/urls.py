from django.urls import path

from crm.notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.NotificationListView.as_view(), name="list"),
    path("notifications/menu/", views.NotificationMenuView.as_view(), name="menu"),
    path("notifications/count/", views.NotificationCountView.as_view(), name="count"),
    path("notifications/read/", views.NotificationReadView.as_view(), name="read"),
    path("notifications/unread/", views.NotificationUnreadView.as_view(), name="unread"),
    path("notifications/follow/", views.FollowView.as_view(), name="follow"),
    path("notifications/colleagues/", views.ColleaguesView.as_view(), name="colleagues"),
    path("settings/notifications/", views.NotificationSettingsView.as_view(), name="settings"),
]
