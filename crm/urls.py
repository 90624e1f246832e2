"""Every address of the program; each app keeps its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("crm.home.urls")),
    path("", include("crm.health.urls")),
    path("accounts/", include("crm.staff.urls")),
    path("accounts/", include("allauth.urls")),
    path("settings/", include("crm.administration.urls")),
    path("settings/", include("crm.staff.settings_urls")),
    path("settings/", include("crm.access.urls")),
    path("search/", include("crm.search.urls")),
    path("lists/", include("crm.lists.urls")),
    path("", include("crm.jobs.urls")),
    path("imports/", include("crm.imports.urls")),
    path("", include("crm.notifications.urls")),
    path("", include("crm.bookmarks.urls")),
    path("", include("contacts.urls")),
    path("orders/", include("sales.urls")),
    path("", include("analytics.urls")),
]

handler400 = "crm.errors.bad_request"
handler403 = "crm.errors.forbidden"
handler404 = "crm.errors.not_found"
handler500 = "crm.errors.server_error"
