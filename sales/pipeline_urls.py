from django.urls import path

from sales.views import pipeline

pipeline_paths = [
    path("settings/pipelines/", pipeline.PipelinesView.as_view(), name="pipelines"),
    path("settings/pipelines/new/", pipeline.PipelineCreateView.as_view(), name="pipeline-create"),
    path("settings/pipelines/<int:pk>/", pipeline.PipelineView.as_view(), name="pipeline"),
    path(
        "settings/pipelines/<int:pk>/delete/", pipeline.PipelineDeleteView.as_view(), name="pipeline-delete"
    ),
    path(
        "settings/pipelines/<int:pk>/restore/",
        pipeline.PipelineRestoreView.as_view(),
        name="pipeline-restore",
    ),
    path(
        "settings/pipelines/<int:pk>/stages/<int:stage_pk>/delete/",
        pipeline.StageDeleteView.as_view(),
        name="stage-delete",
    ),
    path("settings/loss-reasons/new/", pipeline.LossReasonCreateView.as_view(), name="loss-reason-create"),
    path(
        "settings/loss-reasons/<int:pk>/delete/",
        pipeline.LossReasonDeleteView.as_view(),
        name="loss-reason-delete",
    ),
    path(
        "settings/loss-reasons/<int:pk>/restore/",
        pipeline.LossReasonRestoreView.as_view(),
        name="loss-reason-restore",
    ),
]
