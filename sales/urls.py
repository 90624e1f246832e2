from django.urls import path

from sales.approval_urls import approval_paths
from sales.group_urls import group_paths
from sales.lead_urls import lead_paths
from sales.product_urls import product_paths
from sales.quote_urls import quote_paths
from sales.sequence_urls import sequence_paths
from sales.views import (
    deal,
    deal_parts,
    deal_prices,
    deal_record,
    deal_step,
    forecast,
    order,
    pipeline,
    quota,
    report,
    win_model,
)

app_name = "sales"
urlpatterns = [
    *lead_paths,
    path("deals/", deal.DealListView.as_view(), name="deal-list"),
    path("deals/board/", deal.DealBoardView.as_view(), name="deal-board"),
    path("deals/new/", deal.DealCreateView.as_view(), name="deal-create"),
    path("deals/<int:pk>/", deal_record.DealRecordView.as_view(), name="deal-record"),
    path("deals/<int:pk>/peek/", deal_record.DealPeekView.as_view(), name="deal-peek"),
    path("deals/<int:pk>/timeline/", deal_record.DealTimelineView.as_view(), name="deal-timeline"),
    path("deals/<int:pk>/delete/", deal.DealDeleteView.as_view(), name="deal-delete"),
    path("deals/<int:pk>/restore/", deal.DealRestoreView.as_view(), name="deal-restore"),
    path("deals/<int:pk>/move/", deal_step.DealMoveView.as_view(), name="deal-move"),
    path("deals/<int:pk>/win/", deal_step.DealWinView.as_view(), name="deal-win"),
    path("deals/<int:pk>/lose/", deal_step.DealLoseView.as_view(), name="deal-lose"),
    path("deals/<int:pk>/reopen/", deal_step.DealReopenView.as_view(), name="deal-reopen"),
    path("deals/<int:pk>/undo/", deal_step.StepUndoView.as_view(), name="deal-step-undo"),
    path("deals/<int:pk>/lines/", deal_parts.DealLinesView.as_view(), name="deal-lines"),
    path("deals/<int:pk>/reprice/", deal_prices.RepriceView.as_view(), name="deal-reprice"),
    path(
        "deals/<int:pk>/lines/<int:line_pk>/tier/", deal_prices.LineTierView.as_view(), name="deal-line-tier"
    ),
    path(
        "deals/<int:pk>/lines/<int:line_pk>/volume/",
        deal_prices.LineVolumeView.as_view(),
        name="deal-line-volume",
    ),
    path("deals/<int:pk>/participants/", deal_parts.PersonAddView.as_view(), name="deal-person-add"),
    path(
        "deals/<int:pk>/participants/<int:person_pk>/remove/",
        deal_parts.PersonRemoveView.as_view(),
        name="deal-person-remove",
    ),
    path("deals/<int:pk>/competitors/", deal_parts.CompetitorAddView.as_view(), name="deal-competitor-add"),
    path(
        "deals/<int:pk>/competitors/<int:competitor_pk>/remove/",
        deal_parts.CompetitorRemoveView.as_view(),
        name="deal-competitor-remove",
    ),
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
    *quote_paths,
    *approval_paths,
    *group_paths,
    path("forecast/", forecast.ForecastView.as_view(), name="forecast"),
    path("forecast/quotas/", quota.QuotasView.as_view(), name="quotas"),
    path("forecast/quotas/set/", quota.QuotasSetView.as_view(), name="quotas-set"),
    path("sales/report/", report.ReportView.as_view(), name="report"),
    path("sales/report/<slug:sheet>.csv", report.ReportSheetView.as_view(), name="report-sheet"),
    path("sales/win-model/", win_model.WinModelView.as_view(), name="win-model"),
    path("sales/win-model/refresh/", win_model.WinModelRefreshView.as_view(), name="win-model-refresh"),
    path("orders/", order.OrderListView.as_view(), name="order-list"),
    path("orders/new/", order.OrderCreateView.as_view(), name="order-create"),
    path("orders/<int:pk>/", order.OrderRecordView.as_view(), name="order-record"),
    path("orders/<int:pk>/cancel/", order.OrderCancelView.as_view(), name="order-cancel"),
    path("orders/<int:pk>/return/", order.OrderReturnView.as_view(), name="order-return"),
    path("orders/<int:pk>/reinstate/", order.OrderReinstateView.as_view(), name="order-reinstate"),
    *product_paths,
    *sequence_paths,
]
