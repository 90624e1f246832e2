from django.urls import path

from sales.approval_urls import approval_paths
from sales.deal_urls import deal_paths
from sales.group_urls import group_paths
from sales.lead_urls import lead_paths
from sales.pipeline_urls import pipeline_paths
from sales.product_urls import product_paths
from sales.quote_urls import quote_paths
from sales.sequence_urls import sequence_paths
from sales.views import forecast, order, quota, report, win_model

app_name = "sales"
urlpatterns = [
    *deal_paths,
    *pipeline_paths,
    *lead_paths,
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
