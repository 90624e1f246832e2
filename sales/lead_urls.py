from django.urls import path

from sales.views import lead, lead_settings

lead_paths = [
    path("leads/", lead.LeadListView.as_view(), name="lead-list"),
    path("leads/new/", lead.LeadCreateView.as_view(), name="lead-create"),
    path("leads/<int:pk>/", lead.LeadRecordView.as_view(), name="lead-record"),
    path("leads/<int:pk>/peek/", lead.LeadPeekView.as_view(), name="lead-peek"),
    path("leads/<int:pk>/convert/", lead.LeadConvertView.as_view(), name="lead-convert"),
    path("leads/<int:pk>/disqualify/", lead.LeadDisqualifyView.as_view(), name="lead-disqualify"),
    path("leads/<int:pk>/reopen/", lead.LeadReopenView.as_view(), name="lead-reopen"),
    path("leads/<int:pk>/assign/", lead.LeadAssignView.as_view(), name="lead-assign"),
    path("leads/<int:pk>/take/", lead.LeadTakeView.as_view(), name="lead-take"),
    path("settings/leads/", lead_settings.LeadSettingsView.as_view(), name="lead-settings"),
    path("settings/leads/rules/new/", lead_settings.LeadRuleView.as_view(), name="lead-rule-create"),
    path("settings/lead-rules/<int:pk>/", lead_settings.LeadRuleView.as_view(), name="lead-rule"),
    path(
        "settings/lead-rules/<int:pk>/move/", lead_settings.LeadRuleMoveView.as_view(), name="lead-rule-move"
    ),
    path(
        "settings/lead-rules/<int:pk>/delete/",
        lead_settings.LeadRuleDeleteView.as_view(),
        name="lead-rule-delete",
    ),
]
