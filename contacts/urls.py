from django.urls import path

from contacts.views import calendar, customer, engagement, feeds, interaction, properties, record, tags, task

app_name = "contacts"
urlpatterns = [
    path("customers/", customer.CustomerListView.as_view(), name="customer-list"),
    path("customers/new/", customer.CustomerCreateView.as_view(), name="customer-create"),
    path("customers/<int:pk>/", record.CustomerRecordView.as_view(), name="customer-record"),
    path("customers/<int:pk>/peek/", record.CustomerPeekView.as_view(), name="customer-peek"),
    path("customers/<int:pk>/timeline/", record.CustomerTimelineView.as_view(), name="customer-timeline"),
    path("customers/<int:pk>/edit/", customer.CustomerEditView.as_view(), name="customer-edit"),
    path("customers/<int:pk>/delete/", customer.CustomerDeleteView.as_view(), name="customer-delete"),
    path("customers/<int:pk>/restore/", customer.CustomerRestoreView.as_view(), name="customer-restore"),
    path(
        "customers/<int:pk>/properties/<slug:name>/",
        properties.CustomerPropertyView.as_view(),
        name="customer-property",
    ),
    path("customers/<int:pk>/points/", properties.PointCreateView.as_view(), name="point-create"),
    path(
        "customers/<int:pk>/points/<int:point_pk>/",
        properties.PointPropertyView.as_view(),
        name="point-property",
    ),
    path("customers/<int:pk>/tags/", engagement.CustomerTagView.as_view(), name="customer-tag-add"),
    path(
        "customers/<int:pk>/tags/<int:tag_pk>/remove/",
        engagement.CustomerTagView.as_view(),
        name="customer-tag-remove",
    ),
    path(
        "customers/<int:pk>/interactions/",
        interaction.InteractionCreateView.as_view(),
        name="interaction-create",
    ),
    path("customers/<int:pk>/call/", interaction.CallLogView.as_view(), name="call-log"),
    path(
        "customers/<int:pk>/relationships/",
        engagement.RelationshipCreateView.as_view(),
        name="relationship-create",
    ),
    path(
        "customers/<int:pk>/relationships/<int:relationship_pk>/delete/",
        engagement.RelationshipDeleteView.as_view(),
        name="relationship-delete",
    ),
    path(
        "customers/<int:pk>/attachments/", engagement.AttachmentCreateView.as_view(), name="attachment-create"
    ),
    path("customers/<int:pk>/consents/", engagement.ConsentCreateView.as_view(), name="consent-create"),
    path("attachments/<int:pk>/", engagement.AttachmentView.as_view(), name="attachment"),
    path("attachments/<int:pk>/delete/", engagement.AttachmentDeleteView.as_view(), name="attachment-delete"),
    path(
        "attachments/<int:pk>/restore/", engagement.AttachmentRestoreView.as_view(), name="attachment-restore"
    ),
    path("interactions/<int:pk>/edit/", interaction.InteractionEditView.as_view(), name="interaction-edit"),
    path(
        "interactions/<int:pk>/delete/",
        interaction.InteractionDeleteView.as_view(),
        name="interaction-delete",
    ),
    path(
        "interactions/<int:pk>/restore/",
        interaction.InteractionRestoreView.as_view(),
        name="interaction-restore",
    ),
    path("settings/tags/", tags.TagsView.as_view(), name="settings-tags"),
    path("settings/tags/new/", tags.TagCreateView.as_view(), name="tag-create"),
    path("settings/tags/<int:pk>/", tags.TagView.as_view(), name="tag"),
    path("settings/tags/<int:pk>/merge/", tags.TagMergeView.as_view(), name="tag-merge"),
    path("settings/tags/<int:pk>/delete/", tags.TagDeleteView.as_view(), name="tag-delete"),
    path("settings/tags/<int:pk>/restore/", tags.TagRestoreView.as_view(), name="tag-restore"),
    path("tags/", engagement.TagListView.as_view(), name="tag-list"),
    path("calendar/", calendar.CalendarView.as_view(), name="calendar"),
    path("calendar/feed/<str:token>.ics", feeds.CalendarFeedView.as_view(), name="calendar-feed"),
    path("settings/calendar/", feeds.CalendarFeedsView.as_view(), name="settings-calendar"),
    path(
        "settings/calendar/feeds/<int:pk>/revoke/",
        feeds.CalendarFeedRevokeView.as_view(),
        name="calendar-feed-revoke",
    ),
    path("tasks/", task.TaskListView.as_view(), name="task-list"),
    path("tasks/new/", task.TaskCreateView.as_view(), name="task-create"),
    path("tasks/<int:pk>/edit/", task.TaskEditView.as_view(), name="task-edit"),
    path("tasks/<int:pk>/log/", task.TaskLogView.as_view(), name="task-log"),
    path("tasks/<int:pk>/move/", calendar.TaskMoveView.as_view(), name="task-move"),
    path("tasks/<int:pk>/done/", task.TaskDoneView.as_view(), name="task-done"),
    path("tasks/<int:pk>/reopen/", task.TaskReopenView.as_view(), name="task-reopen"),
    path("tasks/<int:pk>/delete/", task.TaskDeleteView.as_view(), name="task-delete"),
    path("tasks/<int:pk>/restore/", task.TaskRestoreView.as_view(), name="task-restore"),
]
