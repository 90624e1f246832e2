"""Every address of the program; each app keeps its own."""

from django.urls import include, path

from crm.administration.setup_views import SetupView

urlpatterns = [
    path("", include("crm.home.urls")),
    path("", include("crm.health.urls")),
    path("accounts/", include("crm.staff.urls")),
    path("accounts/", include("allauth.urls")),
    path("setup/", SetupView.as_view(), name="setup"),
    path("settings/", include("crm.administration.urls")),
    path("settings/", include("crm.company.urls")),
    path("settings/", include("crm.money.urls")),
    path("settings/", include("crm.staff.settings_urls")),
    path("settings/", include("crm.access.urls")),
    path("settings/", include("crm.fields.urls")),
    path("settings/", include("crm.layouts.urls")),
    path("settings/", include("crm.calendars.urls")),
    path("settings/", include("crm.api.token_urls")),
    path("settings/", include("crm.assignment.urls")),
    path("settings/", include("crm.mail.urls")),
    path("search/", include("crm.search.urls")),
    path("lists/", include("crm.lists.urls")),
    path("api/", include("crm.api.urls")),
    path("", include("crm.bulk.urls")),
    path("", include("crm.jobs.urls")),
    path("audit/", include("crm.audit.urls")),
    path("automations/", include("crm.automation.urls")),
    path("imports/", include("crm.imports.urls")),
    path("", include("crm.notifications.urls")),
    path("", include("crm.bookmarks.urls")),
    path("", include("contacts.urls")),
    path("", include("sales.urls")),
    path("", include("analytics.urls")),
]

handler400 = "crm.errors.bad_request"
handler403 = "crm.errors.forbidden"
handler404 = "crm.errors.not_found"
handler500 = "crm.errors.server_error"
